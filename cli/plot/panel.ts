/** What a plot shows, as plain data: panels side by side, each with curves over the same kind of x. Drawn by svg.ts and terminal.ts. */

export type Point = readonly [x: number, y: number];

export interface Curve {
  readonly name: string;
  readonly points: readonly Point[];
  /** Which colour of the palette; curves that belong together share one. */
  readonly colour: number;
  /** Drawn thin and dashed: the training side of a curve of the hold-out. */
  readonly secondary: boolean;
}

export interface CurvePanel {
  readonly kind: "curves";
  readonly title: string;
  readonly xLabel: string;
  readonly curves: readonly Curve[];
  /** Whether the names of the curves are needed. */
  readonly legend: boolean;
  /** A place along x that stands out. */
  readonly mark?: { readonly x: number; readonly label: string };
}

/** Counts or shares in rows and columns, drawn as shades, such as a confusion matrix. A name for each row and column. */
export interface MatrixPanel {
  readonly kind: "matrix";
  readonly title: string;
  readonly rowLabel: string;
  readonly columnLabel: string;
  readonly rowNames: readonly string[];
  readonly columnNames: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

export type Panel = CurvePanel | MatrixPanel;

/** The points that can be drawn. */
export function finitePoints(curves: readonly Curve[]): readonly Point[] {
  return curves.flatMap(({ points }) => points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)));
}
