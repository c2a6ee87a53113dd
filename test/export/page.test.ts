/** The text of an exported page: what comes from the program is text, and shown as a terminal shows it. */
import { expect, test } from "vitest";
import { pageText } from "../../cli/export/page/page.ts";

test("titles and comments with controls or marks of direction are written out, and are no markup", () => {
  const turned = "\u202e<b>\u0007";
  const page = pageText({ title: `M${turned}`, doc: `What${turned}\nit is.`, script: "", answer: `Answer${turned}` });
  const shown = "\\u{202E}&#60;b&#62;\u2407";
  expect(page).toContain(`<title>M${shown}</title>`);
  expect(page).toContain(`<h1>M${shown}</h1>`);
  expect(page).toContain(`<p class="doc">What${shown}</p>\n<p class="doc">it is.</p>`);
  expect(page).toContain(`<h2 id="answer-title">Answer${shown}</h2>`);
});
