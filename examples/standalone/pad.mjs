/**
 * A pad to draw on, and its drawing as the digits of the data are: cut out, as large as fits into 32 × 32 points, and of each 4 × 4 of them how many
 * are ink, 0 to 16.
 */
const points = 32;
const side = 8;

/** Calls `drawn(pixels)` while somebody draws; answers a function that wipes the pad. */
export function openPad(canvas, drawn) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  Object.assign(context, { lineWidth: canvas.width / 11, lineCap: "round", lineJoin: "round", strokeStyle: "#222" });
  let last;
  const place = ({ offsetX, offsetY }) => [offsetX, offsetY];
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    line(last, last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (last === undefined) return;
    const next = place(event);
    line(last, next);
    last = next;
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (last = undefined));

  function line(from, to) {
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    drawn(pixelsOf(canvas));
  }
  return () => context.clearRect(0, 0, canvas.width, canvas.height);
}

/** 64 numbers, row by row. */
export function pixelsOf(canvas) {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const isInk = (x, y) => x >= 0 && y >= 0 && x < width && y < height && data[4 * (y * width + x) + 3] > 127;
  const box = boxOf(isInk, width, height);
  const pixels = Array(side * side).fill(0);
  if (box === undefined) return pixels;
  for (let row = 0; row < points; row++)
    for (let column = 0; column < points; column++) {
      const [x, y] = [column, row].map((at, axis) => Math.floor(box.from[axis] + ((at + 0.5) / points) * box.size));
      if (isInk(x, y)) pixels[Math.floor(row / 4) * side + Math.floor(column / 4)]++;
    }
  return pixels;
}

/** The square around all ink, which lies in its middle; undefined of an empty pad. */
function boxOf(isInk, width, height) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (isInk(x, y)) {
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
  if (right < 0) return undefined;
  const size = Math.max(right - left, bottom - top) + 1;
  return { from: [(left + right + 1 - size) / 2, (top + bottom + 1 - size) / 2], size };
}

/** Shows 64 pixels on a canvas of 8 × 8. */
export function paint(canvas, pixels) {
  const context = canvas.getContext("2d");
  pixels.forEach((ink, at) => {
    const grey = 255 - Math.round((ink / 16) * 255);
    context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
    context.fillRect(at % side, Math.floor(at / side), 1, 1);
  });
}
