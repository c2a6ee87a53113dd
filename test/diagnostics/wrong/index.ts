/** All wrong programs, by the kind of their mistake. */
import { beginners } from "./beginners.ts";
import { habits } from "./habits.ts";
import { names } from "./names.ts";
import { shapes } from "./shapes.ts";
import { syntax1 } from "./syntax-1.ts";
import { syntax2 } from "./syntax-2.ts";
import { trains } from "./trains.ts";

export const wrongPrograms = { syntax: [...syntax1, ...syntax2], names, shapes, trains, beginners, habits };
