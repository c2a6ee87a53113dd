/** All that the code says of itself, for `npm run reference` to bundle: catalogues, the prelude with its comments, the command's flags. */
export { routes } from "../../cli/routes.ts";
export { catalogue } from "../../compiler/diagnostics/codes/index.ts";
export { render } from "../../compiler/diagnostics/render.ts";
export { kindOf, readers } from "../../compiler/elaborate/data-readers.ts";
export { readerDocs } from "../../compiler/elaborate/reader-docs.ts";
export { elaborateSource } from "../../compiler/front.ts";
export { preludeFiles } from "../../compiler/prelude/index.ts";
export { ambientDocs, builtinDocs, builtinFamilies } from "../../compiler/semantics/builtin-docs.ts";
export { ambient, builtins } from "../../compiler/semantics/builtins.ts";
export { stepKeyDocs, trainKeyDocs } from "../../compiler/semantics/train-keys.ts";
export { parse } from "../../compiler/syntax/parse.ts";
