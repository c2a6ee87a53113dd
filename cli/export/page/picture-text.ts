/** The part of a page that asks for a picture: a pad to draw on where it is grey, and a file of an image. TypeScript without an import. */
export const pictureText = `/** What is drawn and what is opened, in the model's own size; values are as in the data. */
function pictureControl({ name, width: row }: Field, picture: Picture, id: string, changed: () => void): Control {
  const { height, width, channels, least, most, dark } = picture;
  const draws = channels === 1;
  const detail = draws ? Math.max(1, Math.round(336 / Math.max(height, width))) : 1;
  const pad = make("canvas", { width: width * detail, height: height * detail, id, className: draws ? "pad draws" : "pad" });
  pad.setAttribute("role", "img");
  pad.setAttribute("aria-label", draws ? \`\${name}: a pad to draw on with mouse, pen or finger\` : \`\${name}: the picture\`);
  const seen = make("canvas", { width, height });
  seen.style.width = "64px";
  const inverts = make("input", { type: "checkbox", id: \`\${id}-invert\` });
  const chooser = make("input", { type: "file", accept: "image/*" });
  const clear = make("button", { type: "button", textContent: "Clear" });
  let pixels: Float32Array = new Float32Array(row);
  let opened: Float32Array | undefined;

  const show = (values: ArrayLike<number>): void => {
    pixels = Float32Array.from(values);
    paint(seen, pixels, picture);
    contextOf(pad).imageSmoothingEnabled = false;
    contextOf(pad).drawImage(seen, 0, 0, pad.width, pad.height);
  };
  const empty = (): void => show(new Float32Array(row).fill(dark ? least : most));
  const fromPad = (): void => {
    pixels = smaller(contextOf(pad).getImageData(0, 0, pad.width, pad.height), picture, false);
    paint(seen, pixels, picture);
    changed();
  };
  const fromFile = (): void => {
    if (opened === undefined) return;
    show(inverts.checked ? opened.map((value) => least + most - value) : opened);
    changed();
  };
  const open = async (file: Blob | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      opened = smaller(await pixelsOf(file, channels === 4), picture, true);
    } catch {
      say(\`expected a file of an image, such as PNG or JPEG, found \${file instanceof File ? file.name : "another"}\`);
      return;
    }
    fromFile();
  };
  clear.addEventListener("click", () => {
    opened = undefined;
    empty();
    changed();
  });
  chooser.addEventListener("change", () => {
    void open(chooser.files?.[0]);
    // The same file again is another choice.
    chooser.value = "";
  });
  inverts.addEventListener("change", fromFile);
  pad.addEventListener("dragover", (event) => event.preventDefault());
  pad.addEventListener("drop", (event) => {
    event.preventDefault();
    void open(event.dataTransfer?.files[0]);
  });
  if (draws) drawOn(pad, dark, () => {
    opened = undefined;
    fromPad();
  });
  empty();
  const size = \`\${width} × \${height} pixels\`;
  const buttons = [
    make("label", { className: "file" }, chooser, "Open an image"),
    ...(draws ? [clear, make("label", { className: "check" }, inverts, "Invert the image")] : []),
  ];
  const sees = make("p", { className: "seen" }, seen, \`What the model sees: \${size}\`);
  return {
    element: make("fieldset", {}, make("legend", {}, draws ? \`\${name}: draw, or open an image\` : name), pad, make("div", { className: "row" }, ...buttons), make("div", { className: "row" }, sees)),
    read: () => Array.from(pixels),
    show: (values) => {
      opened = undefined;
      show(values.map(Number));
    },
  };
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  return canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
}

/** A line wherever a pointer moves that is down; a tenth of the pad wide. */
function drawOn(pad: HTMLCanvasElement, dark: boolean, drawn: () => void): void {
  const context = contextOf(pad);
  let last: readonly [x: number, y: number] | undefined;
  const at = (event: PointerEvent): readonly [x: number, y: number] => {
    const { left, top, width, height } = pad.getBoundingClientRect();
    return [((event.clientX - left) / width) * pad.width, ((event.clientY - top) / height) * pad.height];
  };
  const line = (event: PointerEvent): void => {
    if (last === undefined) return;
    const next = at(event);
    context.strokeStyle = dark ? "#fff" : "#000";
    context.lineWidth = Math.max(pad.width, pad.height) / 10;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(...last);
    context.lineTo(...next);
    context.stroke();
    last = next;
    drawn();
  };
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    last = at(event);
    line(event);
  });
  pad.addEventListener("pointermove", line);
  for (const end of ["pointerup", "pointercancel"] as const) pad.addEventListener(end, () => (last = undefined));
}

/** Values as a picture of the same size. */
function paint(canvas: HTMLCanvasElement, values: ArrayLike<number>, { height, width, channels, least, most }: Picture): void {
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < height * width; pixel += 1) {
    for (let part = 0; part < 4; part += 1) {
      const value = values[pixel * channels + (channels === 1 ? 0 : part)] ?? 0;
      image.data[4 * pixel + part] = part === 3 && channels < 4 ? 255 : (255 * (value - least)) / (most - least);
    }
  }
  contextOf(canvas).putImageData(image, 0, 0);
}

/** The pixels of a file, upright; transparent parts lie over white where the model does not see them. */
async function pixelsOf(file: Blob, transparent: boolean): Promise<ImageData> {
  const bitmap = await createImageBitmap(file);
  const canvas = make("canvas", { width: bitmap.width, height: bitmap.height });
  const context = contextOf(canvas);
  context.fillStyle = "#fff";
  if (!transparent) context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** Stretched to the model's size, and in its values; grey is 0.299 red + 0.587 green + 0.114 blue. \`smooth\`: as training stretched images, if it did. */
function smaller({ data, width: across, height: down }: ImageData, { height, width, channels, least, most, filter }: Picture, smooth: boolean): Float32Array {
  const triangle = smooth && filter === "triangle";
  const [columns, rows] = [mixes(across, width, triangle), mixes(down, height, triangle)];
  const values = new Float32Array(height * width * channels);
  const partOf = (at: number, part: number): number => (channels === 1 ? 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0) : data[at + part] ?? 0);
  rows.forEach((row, y) => columns.forEach((column, x) => {
    for (let part = 0; part < channels; part += 1) {
      let sum = 0;
      for (const [from, weight] of row) for (const [start, share] of column) sum += weight * share * partOf(4 * (from * across + start), part);
      values[(y * width + x) * channels + part] = least + (sum / 255) * (most - least);
    }
  }));
  return values;
}

/** For each new place the old ones that it is a mean of, with their weights, of a box or of a triangle. */
function mixes(from: number, to: number, triangle: boolean): readonly (readonly (readonly [at: number, weight: number])[])[] {
  const scale = from / to;
  const reach = Math.max(scale, 1) * (triangle ? 1 : 0.5);
  return Array.from({ length: to }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const own: [number, number][] = [];
    for (let at = Math.max(0, Math.floor(centre - reach)); at < Math.min(from, Math.ceil(centre + reach)); at += 1) {
      const weight = triangle
        ? 1 - Math.abs(at + 0.5 - centre) / reach
        : Math.min(at + 1, centre + reach) - Math.max(at, centre - reach);
      if (weight > 0) own.push([at, weight]);
    }
    const total = own.reduce((sum, [, weight]) => sum + weight, 0);
    return own.map(([at, weight]) => [at, weight / total] as const);
  });
}
`;
