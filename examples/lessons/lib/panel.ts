/** What a lesson's picture shows, as plain data: panels with marks on two axes, sheets of shades, or drawings of their own. Drawn by picture.ts. */
import type { Point } from "../../../cli/plot/panel.ts";
import type { Colours } from "../../../cli/plot/xml.ts";

export type { Point };

/** Values at the corners and between them: `rows[0]` lies lowest, at the least y, and `rows[0][0]` at the least x. */
export interface Field {
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  readonly rows: readonly (readonly number[])[];
}

/** A mark with a name stands in the legend. Colours are places in the palette of eight. */
export type Mark =
  | {
      readonly kind: "line";
      readonly points: readonly Point[];
      readonly colour: number;
      readonly name?: string;
      readonly dashed?: boolean;
      /** Pixels; 2 unless said. */
      readonly thick?: number;
    }
  | {
      readonly kind: "dots";
      readonly points: readonly Point[];
      readonly colour: number;
      readonly name?: string;
      /** Pixels; 3 unless said. */
      readonly radius?: number;
      readonly ring?: boolean;
    }
  /** Which class each place belongs to: the field's values are colours. */
  | { readonly kind: "regions"; readonly field: Field }
  /** The darker, the higher. */
  | { readonly kind: "shades"; readonly field: Field }
  /** Where the field has these values. */
  | { readonly kind: "contours"; readonly field: Field; readonly levels: readonly number[]; readonly colour?: number }
  /** A dashed line across, or down where `x` is given. */
  | { readonly kind: "rule"; readonly x?: number; readonly y?: number }
  /** Words at a place, on the side that `anchor` leaves free. */
  | {
      readonly kind: "label";
      readonly at: Point;
      readonly words: string;
      readonly anchor?: "start" | "middle" | "end";
      readonly colour?: number;
    };

export interface AxisOf {
  readonly label: string;
  readonly scale?: "linear" | "log";
  /** Its ends; by default those of the marks, with round ends. */
  readonly from?: number;
  readonly to?: number;
}

/** Marks on two axes, drawn in their order. */
export interface Chart {
  readonly kind: "chart";
  readonly title: string;
  readonly x: AxisOf;
  readonly y: AxisOf;
  readonly marks: readonly Mark[];
  /** As high as it is wide. */
  readonly square?: boolean;
}

/** Small matrices side by side, row by row: images, filters, weights. Above each its caption, if any. */
export interface Sheet {
  readonly kind: "sheet";
  readonly title: string;
  /** How many lie side by side. */
  readonly across: number;
  readonly tiles: readonly {
    readonly caption?: string;
    /** The first row lies on top. */
    readonly rows: readonly (readonly number[])[];
  }[];
  /** `ink`: the higher the darker, from 0 to `most`. `signs`: blue above 0 and orange below. */
  readonly palette: "ink" | "signs";
  /** The value of the full shade; by default the largest size of all. */
  readonly most?: number;
}

/** Whatever else: elements of SVG in a place of this height, and as wide as the panel. */
export interface Drawing {
  readonly kind: "drawing";
  readonly title: string;
  readonly height: number;
  readonly draw: (width: number, colours: Colours) => readonly string[];
}

export type LessonPanel = Chart | Sheet | Drawing;

/** Elements in a panel's own coordinates, and how high they are. */
export interface Drawn {
  readonly parts: readonly string[];
  readonly height: number;
}
