/**
 * Names that nothing declares, each reported once however often it stands there: the places after the first are further labels of the one
 * complaint. Also which declarations came to need a name that is not known, reported or not.
 */
import type { Diagnostic, Label, Span } from "../diagnostics/diagnostic.ts";
import type { Declaration } from "../syntax/ast.ts";

/** More names than these come without a proposal: who wrote so many has not misspelt each, and to compare all with all takes its time. */
const mostProposals = 100;
/** More places than these are left out of the complaint. */
const mostPlaces = 8;

export class UnknownNames {
  readonly diagnostics: Diagnostic[];
  /** What cannot be looked at further. */
  readonly failed = new Set<Declaration>();
  readonly #told = new Map<string, number>();

  /** Whether another complaint still proposes what may have been meant. */
  get proposes(): boolean {
    return this.#told.size < mostProposals;
  }

  constructor(diagnostics: Diagnostic[]) {
    this.diagnostics = diagnostics;
  }

  /** Reports `name` or, where that was done before for the same reason, adds the place; `reason` is where it is bound, too late. */
  tell(name: string, place: Label, declaration: Declaration, complaint: () => Diagnostic, reason?: Span): void {
    this.failed.add(declaration);
    this.tellOnce(`${name} ${reason?.from ?? ""}`, place, complaint);
  }

  /** The same of any complaint about names, by what it is about. */
  tellOnce(what: string, place: Label, complaint: () => Diagnostic): void {
    const key = `${place.file} ${what}`;
    const index = this.#told.get(key);
    const earlier = index === undefined ? undefined : this.diagnostics[index];
    if (index === undefined || earlier === undefined) {
      this.#told.set(key, this.diagnostics.length);
      this.diagnostics.push(complaint());
    } else if (earlier.labels.length < mostPlaces) {
      const labels = [...earlier.labels, { ...place, text: "and here" }];
      this.diagnostics[index] = { ...earlier, labels };
    }
  }
}
