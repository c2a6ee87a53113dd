export declare const external: RegExp;
export declare const nativeSources: {
  readonly name: string;
  readonly enforce: "pre";
  configResolved(): Promise<void>;
  resolveId(source: string, importer: string | undefined): string | undefined;
};
