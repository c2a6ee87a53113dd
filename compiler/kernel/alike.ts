/** Which kernels are like which: their stages are the model's up to the names of tensors and rows. */
import { Likenesses } from "../loops/alike.ts";
import type { Stage } from "./types.ts";

export const likenesses = new Likenesses<readonly Stage[]>();
