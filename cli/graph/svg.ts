/** A picture as one file of SVG that stands alone: no font, style or script from elsewhere, light or dark as the reader's system is. */
import { element } from "../plot/xml.ts";
import { layoutOf } from "./layout.ts";
import { widthOfText } from "./measure.ts";
import type { Picture } from "./picture.ts";
import { make, sceneOf } from "./scene.ts";
import type { Element } from "./scene.ts";
import { pictureStyle } from "./style-text.ts";

const margin = 16;
const heading = 40;

export function graphSvg(picture: Picture, open: ReadonlySet<number>): string {
  const layout = layoutOf(picture, open);
  return standAlone(picture, layout.width, layout.height, sceneOf(layout));
}

/** A scene under its heading. */
export function standAlone(
  { title, subtitle }: Pick<Picture, "title" | "subtitle">,
  innerWidth: number,
  innerHeight: number,
  scene: readonly Element[],
): string {
  const head = `${title}: ${subtitle}`;
  const width = Math.ceil(Math.max(innerWidth, widthOfText(head)) + 2 * margin);
  const height = Math.ceil(innerHeight + heading + margin);
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
  };
  const left = (width - innerWidth) / 2;
  const children = [
    element("title", {}, [], head),
    // By which the command knows its own pictures again.
    element("desc", {}, [], "drawn by nnc"),
    element("style", {}, [], pictureStyle(":root")),
    element("rect", { class: "ground", width, height }),
    element("text", { class: "soft", x: margin, y: 26 }, [], head),
    written(make("g", { transform: `translate(${left} ${heading})` }, scene)),
  ];
  return `${element("svg", attributes, children)}\n`;
}

/** Elements lie three deep. */
export function written({ name, attributes, children, text = "" }: Element): string {
  return element(name, attributes, children.map(written), text);
}
