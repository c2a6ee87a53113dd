/** Rows to try a model with: numbers as its data could have them, drawn from a seed, as arrays for a runtime and as lines for `nnc predict`. */
import { generator } from "../random.mjs";
