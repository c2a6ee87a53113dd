/** The script of index.html: what is drawn goes to the network, and what that says to the page. */
import { predict } from "./digits.mjs";
import { openPad, paint } from "./pad.mjs";

const find = (id) => document.getElementById(id);
const clear = openPad(find("pad"), (pixels) => {
  const { digit, scores } = predict(pixels);
  paint(find("seen"), pixels);
  find("answer").value = digit;
  show(scores);
});
find("clear").onclick = () => {
  clear();
  find("answer").value = "";
  find("scores").replaceChildren();
  paint(find("seen"), Array(64).fill(0));
};

/** Scores as chances, by a softmax. */
function show(scores) {
  const most = Math.max(...Object.values(scores));
  const parts = Object.entries(scores).map(([digit, score]) => [digit, Math.exp(score - most)]);
  const sum = parts.reduce((total, [, part]) => total + part, 0);
  find("scores").replaceChildren(
    ...parts.map(([digit, part]) => {
      const row = document.createElement("tr");
      const meter = document.createElement("meter");
      meter.value = part / sum;
      row.append(digit, meter, ` ${Math.round((100 * part) / sum)} %`);
      return row;
    }),
  );
}
