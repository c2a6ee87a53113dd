/** Loaded from `node_modules` at run time: too large, too native, too seldom wanted, or (benny) in a form that cannot be bundled as ES modules. */
export const external = ["ts-morph", "webgpu", "benny", "sharp", "@dagrejs/dagre"];
