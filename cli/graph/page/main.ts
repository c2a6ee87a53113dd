/**
 * What a page of a graph runs, bundled with dagre into one script: it draws the picture that stands in the page, opens and closes groups on a click or
 * a key, and tells of what is under the pointer or has the focus. All text is put into the document as text.
 */
import { layoutOf } from "../layout.ts";
import { chainOf, isGroup } from "../picture.ts";
import type { Box, Picture } from "../picture.ts";
import { sceneOf } from "../scene.ts";
import type { Element as Drawn } from "../scene.ts";

/** What the command puts into the page. */
export interface PageData {
  readonly picture: Picture;
  readonly open: readonly number[];
}

const margin = 12;
/** Letters of nine pixels. */
const leastZoom = 0.76;
const zooms = [0.25, 0.35, 0.5, 0.7, 0.85, 1, 1.25, 1.6, 2];

function place(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`there is no #${id}`);
  return found;
}

function read(): PageData {
  // The command wrote it.
  return JSON.parse(place("data").textContent) as PageData;
}

/** Elements lie three deep. */
function built({ name, attributes, children, text }: Drawn): SVGElement {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  for (const child of children) node.append(built(child));
  if (text !== undefined) node.append(text);
  return node;
}

class Page {
  readonly #picture: Picture;
  readonly #first: ReadonlySet<number>;
  #open: Set<number>;
  #zoom = 1;
  #width = 0;
  #height = 0;

  constructor({ picture, open }: PageData) {
    this.#picture = picture;
    this.#first = new Set(open);
    this.#open = new Set(open);
  }

  start(): void {
    this.#draw();
    if (this.#width > place("view").clientWidth) this.#fit();
    this.#centre();
    const view = place("view");
    view.addEventListener("click", ({ target }) => {
      // Within an open group a click means what is in it.
      if (target instanceof Element && target.closest(".closed, .head") !== null) this.#toggle(this.#groupOf(target));
    });
    view.addEventListener("keydown", (event) => {
      const box = event.key === "Enter" || event.key === " " ? this.#groupOf(event.target) : undefined;
      if (box === undefined) return;
      event.preventDefault();
      this.#toggle(box);
    });
    for (const kind of ["pointerover", "focusin"])
      view.addEventListener(kind, (event) => this.#tell(boxOf(event.target)));
    place("open").addEventListener("click", () => this.#show(allGroups(this.#picture)));
    place("close").addEventListener("click", () => this.#show([0]));
    place("first").addEventListener("click", () => this.#show(this.#first));
    place("smaller").addEventListener("click", () => this.#zoomTo(zooms.findLast((zoom) => zoom < this.#zoom)));
    place("larger").addEventListener("click", () => this.#zoomTo(zooms.find((zoom) => zoom > this.#zoom)));
  }

  get #svg(): SVGElement {
    const found = place("view").querySelector("svg");
    if (found === null) throw new Error("there is no picture");
    return found;
  }

  #show(open: Iterable<number>): void {
    this.#open = new Set(open);
    this.#draw();
    this.#centre();
  }

  /** Pictures begin in the middle of their upper edge. */
  #centre(): void {
    const view = place("view");
    view.scrollTo({ left: (view.scrollWidth - view.clientWidth) / 2, top: 0 });
  }

  /** What can be opened or closed. */
  #groupOf(target: EventTarget | null): Box | undefined {
    const box = this.#picture.boxes[boxOf(target) ?? -1];
    return box !== undefined && box.parent !== null && isGroup(box) ? box : undefined;
  }

  #toggle(box: Box | undefined): void {
    if (box === undefined) return;
    if (this.#open.has(box.id)) this.#open.delete(box.id);
    else this.#open.add(box.id);
    this.#draw();
    this.#keepInView(box.id);
  }

  /** What was opened or closed stays under the hand. */
  #keepInView(id: number): void {
    const node = place("view").querySelector<SVGElement>(`g[data-box="${id}"]`);
    node?.focus({ preventScroll: true });
    node?.querySelector("text")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #draw(): void {
    const layout = layoutOf(this.#picture, this.#open);
    [this.#width, this.#height] = [layout.width + 2 * margin, layout.height + 2 * margin];
    const svg = built({ name: "svg", attributes: { role: "group", "aria-label": this.#picture.title }, children: [] });
    svg.setAttribute("viewBox", `${-margin} ${-margin} ${this.#width} ${this.#height}`);
    svg.append(...sceneOf(layout).map(built));
    for (const { box, state } of layout.boxes) {
      const node = svg.querySelector(`g[data-box="${box.id}"]:not(.port)`);
      node?.setAttribute("tabindex", "0");
      node?.setAttribute("aria-label", [box.name, ...box.about].join(", "));
      node?.setAttribute("role", state === "leaf" || box.parent === null ? "img" : "button");
      if (state !== "leaf" && box.parent !== null) node?.setAttribute("aria-expanded", String(state === "open"));
    }
    place("view").replaceChildren(svg);
    this.#zoomTo(this.#zoom);
  }

  /** As much of the picture's width as there is room for. */
  #fit(): void {
    const share = place("view").clientWidth / this.#width;
    this.#zoomTo(Math.max(leastZoom, Math.min(1, share)));
  }

  #zoomTo(zoom: number | undefined): void {
    if (zoom === undefined) return;
    this.#zoom = zoom;
    this.#svg.setAttribute("width", String(Math.round(this.#width * zoom)));
    this.#svg.setAttribute("height", String(Math.round(this.#height * zoom)));
  }

  #tell(id: number | undefined): void {
    const box = this.#picture.boxes[id ?? -1];
    if (box !== undefined) place("told").replaceChildren(...this.#about(box));
  }

  /** The box, then the lines of the source that it comes from: its own, and those that call the layers around it. */
  #about(box: Box): readonly HTMLElement[] {
    const { boxes, places } = this.#picture;
    const lines = chainOf(this.#picture, box.id)
      .toReversed()
      .flatMap((id) => boxes[id]?.places ?? [])
      .filter((at, n, all) => all.indexOf(at) === n)
      .flatMap((at) => places[at] ?? []);
    const head = box.path === "" || box.path === box.name ? [box.name] : [box.name, box.path];
    return [
      ...head.map((text, at) => line(at === 0 ? "h2" : "p", text, at === 0 ? "" : "path")),
      ...box.about.map((text) => line("p", text, "about")),
      ...lines.flatMap(({ file, line: number, text }) => [
        line("p", `${file}:${number}`, "file"),
        line("code", text === "" ? " " : text, "source"),
      ]),
    ];
  }
}

function line(name: string, text: string, kind: string): HTMLElement {
  const node = document.createElement(name);
  node.textContent = text;
  if (kind !== "") node.className = kind;
  return node;
}

function allGroups({ boxes }: Picture): readonly number[] {
  return boxes.filter(isGroup).map(({ id }) => id);
}

function boxOf(target: EventTarget | null): number | undefined {
  const node = target instanceof Element ? target.closest("[data-box]") : null;
  const text = node?.getAttribute("data-box");
  return text === null || text === undefined ? undefined : Number(text);
}

const data = read();
new Page(data).start();
place("starting").hidden = true;
