/**
 * What the runtime takes from its host, said structurally: the declarations then need neither the DOM's library nor WebGPU's types, and
 * the host's own objects fit.
 */

/** WebGPU's entry: `navigator.gpu` of a page, or what a package such as `webgpu` creates. */
export interface Gpu {
  readonly requestAdapter: () => Promise<object | null>;
}

/** What stops a run: the `signal` of an `AbortController`. */
export interface StopSignal {
  readonly aborted: boolean;
}
