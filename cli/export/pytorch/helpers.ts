/**
 * Functions of Python that stand above an exported class where it uses them: what PyTorch has in another layout, or not to the bit. They are
 * written for PyTorch 1.13 and all of 2.
 */

interface Helper {
  readonly text: string;
  readonly needs?: readonly HelperName[];
}

const threefry: Helper = {
  text: `def threefry(key0, key1, counter0, counter1):
    """Threefry-2x32 with 20 rounds (Salmon et al. 2011): two words of 32 bits, in tensors of 64."""
    mask = 0xFFFFFFFF
    keys = (key0 & mask, key1 & mask, (0x1BD11BDA ^ key0 ^ key1) & mask)
    x0, x1 = (counter0 + keys[0]) & mask, (counter1 + keys[1]) & mask
    for group in range(5):
        for turn in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
            x0 = (x0 + x1) & mask
            x1 = (((x1 << turn) & mask) | (x1 >> (32 - turn))) ^ x0
        x0 = (x0 + keys[(group + 1) % 3]) & mask
        x1 = (x1 + keys[(group + 2) % 3] + group + 1) & mask
    return x0, x1`,
};

const word: Helper = {
  needs: ["threefry"],
  text: `def random_word(seed, counter, stream, word, shape, rows=None, axis=None, before=0, device=None):
    """
    The bits of a draw, as nnc has them: keyed by the seed and the place in the source, counted by the element and the step.
    \`rows\`: of a batch that several processes share, the number of the first row here and how many all have along \`axis\`.
    """
    whole = list(shape)
    if rows is not None and axis is not None:
        whole[axis] = rows[1]
    place = torch.zeros((), dtype=torch.int64, device=device)
    for at, size in enumerate(shape):
        index = torch.arange(size, dtype=torch.int64, device=device)
        if rows is not None and at == axis:
            index = index + rows[0]
        place = place[..., None] * whole[at] + index
    place = int(before) * math.prod(whole) + place
    return threefry(int(seed), stream, place, int(counter) & 0xFFFFFFFF)[word]`,
};

const places: Helper = {
  text: `def tap_places(taps, sizes, window, stride, low):
    """Where in an image, row by row, the taps of windows lie; those outside are at the nearest place."""
    place, rest = 0, taps.long()
    within = []
    for extent in reversed(window):
        within.append(rest % extent)
        rest = rest // extent
    for axis, tap in enumerate(reversed(within)):
        shape = [1] * taps.dim()
        shape[axis + 1] = -1
        start = torch.arange(taps.shape[axis + 1], device=taps.device).reshape(shape) * stride[axis] - low[axis]
        place = place * sizes[axis] + (start + tap).clamp(0, sizes[axis] - 1)
    return place`,
};

const widths: Helper = {
  text: `def framed(x, low, reach, value=0.0):
    """An image [N, H…, C] with \`low\` places before it on each axis, and as many behind as make it \`reach\`; negative ones are cut off."""
    widths = []
    for axis in reversed(range(len(low))):
        widths += [low[axis], reach[axis] - low[axis] - x.shape[axis + 1]]
    return F.pad(x, [0, 0, *widths], value=value) if any(widths) else x`,
};

const spaced: Helper = {
  text: `def spaced(x, by):
    """Zeros between the places of an image [N, H…, C]: their distance becomes \`by\`."""
    for axis, step in enumerate(by, start=1):
        if step > 1:
            size = x.shape[axis]
            wide = torch.stack([x, *[torch.zeros_like(x)] * (step - 1)], axis + 1).flatten(axis, axis + 1)
            x = wide.narrow(axis, 0, (size - 1) * step + 1)
    return x`,
};

const convolution: Helper = {
  needs: ["framed", "spaced"],
  text: `def convolution(x, w, low, size, stride=None, dilation=None, input_dilation=None, groups=1):
    """Of an image [N, H…, C] and a kernel [K…, C / groups, F] an image [N, size…, F]; \`low\` zeros stand before it on each axis."""
    axes = len(size)
    ones = (1,) * axes
    stride, dilation = stride or ones, dilation or ones
    if input_dilation is not None:
        x = spaced(x, input_dilation)
    reach = [(size[a] - 1) * stride[a] + (w.shape[a] - 1) * dilation[a] + 1 for a in range(axes)]
    x = framed(x, low, reach).movedim(-1, 1)
    conv = (F.conv1d, F.conv2d, F.conv3d)[axes - 1]
    return conv(x, w.permute(axes + 1, axes, *range(axes)), None, stride, 0, dilation, groups).movedim(1, -1)`,
};

const convolutionInput: Helper = {
  needs: ["framed"],
  text: `def convolution_input(w, y, low, size, stride=None, dilation=None, input_dilation=None, groups=1):
    """The image [N, size…, C] that a convolution with the kernel \`w\` hands the gradient \`y\` of its result back to."""
    axes = len(size)
    ones = (1,) * axes
    apart = input_dilation or ones
    conv = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[axes - 1]
    kernel = w.permute(axes + 1, axes, *range(axes))
    x = conv(y.movedim(-1, 1), kernel, None, stride or ones, 0, 0, groups, dilation or ones).movedim(1, -1)
    x = framed(x, [-one for one in low], [(size[a] - 1) * apart[a] + 1 for a in range(axes)])
    for axis, step in enumerate(apart, start=1):
        if step > 1:
            x = x.index_select(axis, torch.arange(0, x.shape[axis], step, device=x.device))
    return x`,
};

const convolutionKernel: Helper = {
  needs: ["framed", "spaced"],
  text: `def convolution_kernel(x, y, low, size, stride=None, dilation=None, input_dilation=None, groups=1):
    """The kernel [size…, C / groups, F] that a convolution of \`x\` hands the gradient \`y\` of its result back to."""
    axes = len(size)
    ones = (1,) * axes
    stride, dilation = stride or ones, dilation or ones
    if input_dilation is not None:
        x = spaced(x, input_dilation)
    reach = [(y.shape[a + 1] - 1) * stride[a] + (size[a] - 1) * dilation[a] + 1 for a in range(axes)]
    x = framed(x, low, reach)
    conv = (F.conv1d, F.conv2d, F.conv3d)[axes - 1]
    parts = []
    for a, b in zip(x.chunk(groups, -1), y.chunk(groups, -1)):
        # Rows take the place of channels, and the result's places that of the kernel's taps.
        order = (axes + 1, 0, *range(1, axes + 1))
        kernel = conv(a.permute(order), b.permute(order), None, dilation, 0, stride)
        parts.append(kernel.permute(*range(2, axes + 2), 0, 1))
    return torch.cat(parts, -1)`,
};

const windowsOf: Helper = {
  needs: ["framed"],
  text: `def windows_of(x, window, stride, low, size, value):
    """The windows over an image [N, H…, C], as [N, size…, C, taps]; what they reach outside is \`value\`."""
    axes = range(len(window))
    x = framed(x, low, [(size[a] - 1) * stride[a] + window[a] for a in axes], value)
    for a in axes:
        x = x.unfold(a + 1, window[a], stride[a])
    return x.flatten(-len(window))`,
};

const windowMax: Helper = {
  needs: ["windows_of"],
  text: `def window_max(x, window, stride, low, size):
    """The greatest element of each window over an image [N, H…, C]; the gradient goes to the first of them."""
    return windows_of(x, window, stride, low, size, -math.inf).max(-1).values`,
};

const windowArgmax: Helper = {
  needs: ["windows_of"],
  text: `def window_argmax(x, window, stride, low, size):
    """The tap of the greatest element of each window over an image [N, H…, C]."""
    return windows_of(x, window, stride, low, size, -math.inf).argmax(-1).int()`,
};

const windowSum: Helper = {
  needs: ["windows_of"],
  text: `def window_sum(x, window, stride, low, size):
    """The sum of each window over an image [N, H…, C]."""
    return windows_of(x, window, stride, low, size, 0.0).sum(-1)`,
};

const windowTake: Helper = {
  needs: ["tap_places"],
  text: `def window_take(x, taps, window, stride, low, size):
    """From each window over an image [N, H…, C] the element at its tap."""
    place = tap_places(taps, x.shape[1:-1], window, stride, low)
    return x.flatten(1, -2).gather(1, place.flatten(1, -2)).reshape(taps.shape)`,
};

const windowPut: Helper = {
  needs: ["tap_places"],
  text: `def window_put(g, taps, window, stride, low, size):
    """An image [N, size…, C] with the sum, at each place, of the elements of the windows whose tap is there."""
    place = tap_places(taps, size, window, stride, low).flatten(1, -2)
    image = g.new_zeros(g.shape[0], math.prod(size), g.shape[-1])
    return image.scatter_add(1, place, g.flatten(1, -2)).reshape(g.shape[0], *size, g.shape[-1])`,
};

const windowSpread: Helper = {
  needs: ["framed", "spaced"],
  text: `def window_spread(g, window, stride, low, size):
    """An image [N, size…, C] with the sum, at each place, of the elements of the windows that cover it."""
    axes = range(len(window))
    g = spaced(g, stride)
    g = framed(g, [window[a] - 1 - low[a] for a in axes], [size[a] + window[a] - 1 for a in axes])
    for a in axes:
        g = g.unfold(a + 1, window[a], 1)
    return g.flatten(-len(window)).sum(-1)`,
};

const truncated: Helper = {
  text: `def truncated(x):
    """Whole numbers towards zero; those beyond 32 bits become the nearest, and NaN 0."""
    return torch.nan_to_num(x.double(), nan=0.0).clamp(-(2.0**31), 2.0**31 - 1).int()`,
};

const randomBits: Helper = {
  needs: ["random_word"],
  text: `def random_bits(*place, **options):
    """Thirty-two random bits for each element."""
    bits = random_word(*place, **options)
    return (((bits + 2**31) & 0xFFFFFFFF) - 2**31).int()`,
};

const randomUniform: Helper = {
  needs: ["random_word"],
  text: `def random_uniform(*place, **options):
    """A random number in [0, 1) for each element: 24 bits of a word."""
    return (random_word(*place, **options) >> 8).float() * 2.0**-24`,
};

export type HelperName =
  | "convolution"
  | "convolution_input"
  | "convolution_kernel"
  | "framed"
  | "random_bits"
  | "random_uniform"
  | "random_word"
  | "spaced"
  | "tap_places"
  | "threefry"
  | "truncated"
  | "window_argmax"
  | "window_max"
  | "window_put"
  | "window_spread"
  | "window_sum"
  | "window_take"
  | "windows_of";

/** In the order in which they stand. */
const helpers: Readonly<Record<HelperName, Helper>> = {
  threefry,
  random_word: word,
  random_bits: randomBits,
  random_uniform: randomUniform,
  truncated,
  framed: widths,
  spaced,
  convolution,
  convolution_input: convolutionInput,
  convolution_kernel: convolutionKernel,
  windows_of: windowsOf,
  window_max: windowMax,
  window_argmax: windowArgmax,
  window_sum: windowSum,
  tap_places: places,
  window_take: windowTake,
  window_put: windowPut,
  window_spread: windowSpread,
};

const names = Object.keys(helpers) as readonly HelperName[]; // The record has these keys.

/** The functions that are asked for, with those that they use. */
export function helpersText(used: ReadonlySet<HelperName>): readonly string[] {
  const wanted = new Set(used);
  // Whoever uses another stands behind it.
  for (const name of names.toReversed())
    if (wanted.has(name)) for (const other of helpers[name].needs ?? []) wanted.add(other);
  return names.filter((name) => wanted.has(name)).map((name) => helpers[name].text);
}
