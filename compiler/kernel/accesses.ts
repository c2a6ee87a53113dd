/**
 * The account of a kernel: its loads and stores in the order in which they happen at one point of the grid. What may be
 * overwritten in place, what may lie over what and what the verifier finds are all answered from it.
 */
import { renameLoadsInIndex, type Names } from "../loops/alike.ts";
import { axisIndex, dataScalarsOf, indexKey, substituteAxes } from "../loops/index.ts";
import { push } from "../loops/push.ts";
import { loadsOf } from "../loops/scalar.ts";
import type { Axis, ElementType, Index, Scalar } from "../loops/types.ts";
import { likenesses } from "./alike.ts";
import type { Kernel, Stage, Store } from "./types.ts";

/** A load or a store of a tensor or row. */
export interface Access {
  readonly tensor: string;
  readonly dtype: ElementType;
  readonly indices: readonly Index[];
  /** The loops around it that are the stage's own. */
  readonly over: readonly Axis[];
  /** The position of its stage. */
  readonly stage: number;
  /** That stage is a let or a store: it happens once at each point of the grid. */
  readonly isSingle: boolean;
  /** Of two accesses at one point, the one that happens first has less. */
  readonly moment: number;
}

/** By tensor and row, each list in order. */
export interface Account {
  readonly loads: ReadonlyMap<string, readonly Access[]>;
  readonly stores: ReadonlyMap<string, readonly Access[]>;
}

/**
 * Stages happen in order, and of a sweep one store after the other; but within a run of lets and stores all loads happen
 * before all stores. A scatter stores twice: zeros, then sums, which are no loads since they begin with those zeros.
 */
export function accountOf({ stages }: Pick<Kernel, "stages">): Account {
  const known = accounts.get(stages);
  if (known !== undefined) return known;
  const like = likenesses.of(stages);
  const account =
    like === undefined || like.model === stages
      ? makeAccount(stages)
      : renamedAccount(accountOf({ stages: like.model }), like.names);
  accounts.set(stages, account);
  return account;
}

/** Each kernel is asked about by ordering, settling, nests, scheduling, short rows, aliasing, printer and verifier; none of them changes it. */
const accounts = new WeakMap<readonly Stage[], Account>();

function makeAccount(stages: readonly Stage[]): Account {
  const loads = new Map<string, Access[]>();
  const stores = new Map<string, Access[]>();
  for (const [moment, { kind, access }] of stepsOf(stages).entries()) {
    push(kind === "load" ? loads : stores, access.tensor, { ...access, moment });
  }
  return { loads, stores };
}

function renamedAccount({ loads, stores }: Account, names: Names): Account {
  const rename = (tensor: string): string => names.get(tensor) ?? tensor;
  const renamed = (lists: Account["loads"]): Account["loads"] =>
    new Map(
      [...lists].map(([tensor, list]) => [
        rename(tensor),
        list.map((access) => ({
          ...access,
          tensor: rename(tensor),
          indices: access.indices.map((index) => renameLoadsInIndex(index, rename)),
        })),
      ]),
    );
  return { loads: renamed(loads), stores: renamed(stores) };
}

/** What happens, before it is known when. */
interface Step {
  readonly kind: "load" | "store";
  readonly access: Omit<Access, "moment">;
}

function stepsOf(stages: readonly Stage[]): readonly Step[] {
  const steps: Step[] = [];
  let late: Step[] = [];
  for (const [position, stage] of stages.entries()) {
    const own = stepsOfStage(stage, position);
    if (isSingle(stage)) {
      steps.push(...own.filter(({ kind }) => kind === "load"));
      late.push(...own.filter(({ kind }) => kind === "store"));
    } else {
      steps.push(...late, ...own);
      late = [];
    }
  }
  return [...steps, ...late];
}

function isSingle({ kind }: Stage): boolean {
  return kind === "let" || kind === "store";
}

function stepsOfStage(stage: Stage, position: number): readonly Step[] {
  const at = (over: readonly Axis[]): Pick<Access, "over" | "stage" | "isSingle"> => {
    return { over, stage: position, isSingle: isSingle(stage) };
  };
  const here = at(stage.kind === "let" || stage.kind === "store" ? [] : stage.over);
  const read = (scalar: Scalar): readonly Step[] =>
    loadsOf(scalar).map(({ tensor, dtype, indices }) => ({
      kind: "load",
      access: { tensor, dtype, indices, ...here },
    }));
  const values = (named: readonly { readonly value: Scalar }[]): readonly Step[] =>
    named.flatMap(({ value }) => read(value));
  const store = ({ tensor, dtype, indices, value }: Store): readonly Step[] => [
    ...read(value),
    ...indices.flatMap(dataScalarsOf).flatMap(read),
    { kind: "store", access: { tensor, dtype, indices, ...here } },
  ];
  switch (stage.kind) {
    case "let":
      return read(stage.value);
    case "store":
      return store(stage.store);
    case "reduce":
      return [...values(stage.lets), ...values(stage.results)];
    case "sweep":
      return [...values(stage.lets), ...stage.stores.flatMap(store)];
    case "nest":
      return stepsOf(stage.stages).map(({ kind, access }) => ({
        kind,
        access: { ...access, ...here, over: [...stage.over, ...access.over] },
      }));
    case "scatter": {
      const { tensor, dtype, zero, zeroIndices, lets, at: indices, value } = stage;
      const zeros = { tensor, dtype, indices: zeroIndices, ...at(zero) };
      return [{ kind: "store", access: zeros }, ...values(lets), ...store({ tensor, dtype, indices, value })];
    }
  }
}

/** Equal for accesses of one element; a stage's own axes count by position and extent, so that passes over equal ranges compare equal. */
export function placeOf({ indices, over }: Access): string {
  const numbered = new Map(over.map(({ name, extent }, d) => [name, axisIndex(`over ${d} of ${extent.key}`)]));
  return indices.map((index) => indexKey(substituteAxes(index, numbered))).join(", ");
}

/**
 * Whether `output` may lie over `input`: it has one store, and every load of `input` comes before it, at the very place
 * that it writes. Then each point overwrites only what it alone reads, and has read before.
 */
export function mayOverwrite(account: Account, output: string, input: string): boolean {
  const store = soleStore(account, output);
  return store !== undefined && loadedAt(account, input, store) && momentOfLast(account, input) < store.moment;
}

/** Whether it may once the store, of which the kernel itself loads nothing, is put off behind the last load of `input`. */
export function mayOverwriteLater(account: Account, output: string, input: string): boolean {
  const store = soleStore(account, output);
  return store !== undefined && store.isSingle && !account.loads.has(output) && loadedAt(account, input, store);
}

function soleStore({ stores }: Account, tensor: string): Access | undefined {
  const [store, ...others] = stores.get(tensor) ?? [];
  return others.length === 0 ? store : undefined;
}

function loadedAt({ loads }: Account, tensor: string, store: Access): boolean {
  const place = placeOf(store);
  return (loads.get(tensor) ?? []).every((load) => placeOf(load) === place);
}

function momentOfLast({ loads }: Account, tensor: string): number {
  return loads.get(tensor)?.at(-1)?.moment ?? -1;
}
