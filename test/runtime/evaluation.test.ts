/** What is said of data that are evaluated: prepared otherwise than in training, or not the rows that were held out. */
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../compiler/diagnostics/diagnostic.ts";
import type { HostData, HostTrain } from "../../compiler/program/host.ts";
import type { TrainingRecord } from "../../runtime/load/record.ts";
import { emptyRecord } from "../../runtime/load/record.ts";
import { unfitted, type Fitted } from "../../runtime/save/fitted.ts";
import { fingerprint } from "../../runtime/train/data.ts";
import { evaluationRows, warnPrepared } from "../../runtime/train/evaluation.ts";
import { prepare } from "../../runtime/train/index.ts";
import { lineArtifact } from "./support.ts";

const files = new Map([
  ["line.csv", "y,a,b\n1,2,3\n2,4,6\n3,6,9\n4,8,12\n"],
  ["test.csv", "y,a,b\n1,2,3\n"],
]);
const contents = { read: (path: string): Uint8Array => new TextEncoder().encode(files.get(path)) };

function manifestWith(settings: HostData["settings"], changes: Partial<HostTrain> = {}) {
  const data = { reader: "csv", settings: { path: "line.csv", target: "y", ...settings } };
  return lineArtifact({ train: { data, ...changes } }).manifest;
}

const textOf = ({ code, severity, labels, message }: Diagnostic): string =>
  `${severity} ${code} ${message}${labels.length === 0 ? "" : " with a label"}`;

describe("a source that prepares its data otherwise than in training", () => {
  const trained = (settings: HostData["settings"]): Fitted =>
    prepare(manifestWith(settings), contents, 1).fitted ?? unfitted;
  const said = (name: string, was: string, is: string): string =>
    `warning NN0741 \`${name}\` was ${was} when the parameters were trained, expected the same of the source, found ${is}; it is prepared as in training`;

  it.each<[string, HostData["settings"], HostData["settings"], readonly string[]]>([
    ["nothing done, either time", {}, {}, []],
    ["the same scale", { scale: 0.5 }, { scale: 0.5 }, []],
    ["the same, standardised", { standardize: true }, { standardize: true }, []],
    ["another scale", { scale: 0.5 }, { scale: 2 }, [said("x", "scaled by 0.5", "scaled by 2")]],
    ["no scale any more", { scale: 0.5 }, {}, [said("x", "scaled by 0.5", "taken as it is")]],
    ["standardised since", {}, { standardize: true }, [said("x", "taken as it is", "standardised")]],
    [
      "the target standardised no more, and the input since",
      { standardize: ["target"] },
      { standardize: ["x"] },
      [said("x", "taken as it is", "standardised"), said("target", "standardised", "taken as it is")],
    ],
  ])("%s", (_, before, now, expected) => {
    expect(warnPrepared(manifestWith(now), trained(before)).map(textOf)).toEqual(expected);
  });

  it("says nothing of classes, nor of whole numbers", () => {
    const fitted: Fitted = { ...unfitted, classes: [{ name: "x", values: ["a", "b"] }] };
    expect(warnPrepared(manifestWith({ scale: 2 }), fitted)).toEqual([]);
    const [x, target] = manifestWith({}).host.train?.inputs ?? [];
    if (x === undefined || target === undefined) throw new Error("expected two inputs");
    const inputs = [{ name: "ids", buffer: "ids", dtype: "i32", shape: x.shape.slice(0, 1) } as const, target];
    expect(warnPrepared(manifestWith({ scale: 2 }, { inputs }), unfitted)).toEqual([]);
  });
});

describe("the rows of a `test`", () => {
  const manifest = manifestWith({ test: "test.csv" });
  const { train, holdout, fitted = unfitted } = prepare(manifest, contents, 1);
  const own = holdout === null || holdout === undefined ? "" : fingerprint(holdout);
  const said = (expected: string): RegExp =>
    new RegExp(
      `^warning NN0740 the rows of \`test\` are not those that were held out when the parameters were trained: expected ${expected}, found ${own}; `,
    );

  function warned(known: Pick<TrainingRecord, "data" | "holdout">): readonly string[] {
    const record: TrainingRecord = { ...emptyRecord, fitted, ...known };
    const counters = { seed: 1, step: 0, epoch: 0, stepInEpoch: 0 };
    const { name, rows, warnings } = evaluationRows(manifest, contents, { counters, record });
    expect([name, rows.rows]).toEqual(["hold-out", 1]);
    return warnings.map(textOf);
  }

  it.each<[string, Pick<TrainingRecord, "data" | "holdout">]>([
    ["those that were held out", { data: fingerprint(train), holdout: own }],
    ["others than those of a run that held none out", { data: fingerprint(train), holdout: null }],
    ["any, of a run that kept neither", {}],
  ])("%s: nothing is said", (_, known) => {
    expect(warned(known)).toEqual([]);
  });

  it.each<[string, Pick<TrainingRecord, "data" | "holdout">, string]>([
    ["others than those that were held out", { data: fingerprint(train), holdout: "9 rows" }, "9 rows"],
    ["those that a run trained on", { data: own, holdout: null }, "rows that were not trained on"],
    ["the same, of a run that does not tell what it held out", { data: own }, "rows that were not trained on"],
  ])("%s: a warning", (_, known, expected) => {
    expect(warned(known)).toEqual([expect.stringMatching(said(expected))]);
  });
});
