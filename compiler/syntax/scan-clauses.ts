/** The clauses of a `scan`, in any order and each at most once, as the parts of its node. */
import type { IToken } from "chevrotain";
import * as codes from "../diagnostics/codes/syntax.ts";
import { diagnose, label, type Diagnostic, type Span } from "../diagnostics/diagnostic.ts";
import type { Scan } from "./ast.ts";

export interface ScanClause {
  readonly word: IToken;
  readonly values: Partial<Pick<Scan, "along" | "reversed" | "carries" | "checkpoint">>;
}

/** A diagnostic for each clause that stands there again. */
export function repeatedClauses(clauses: readonly ScanClause[], at: (token: IToken) => Span): readonly Diagnostic[] {
  return clauses.flatMap(({ word }, index) => {
    const earlier = clauses.slice(0, index).find((clause) => clause.word.image === word.image);
    if (earlier === undefined) return [];
    const labels = [label(at(word), "again here"), label(at(earlier.word), "first here")];
    return [diagnose(codes.repeatedClause, { word: word.image }, labels)];
  });
}

type Clauses = Pick<Scan, "reversed" | "carries"> & ScanClause["values"];

/** What all of them say, the last of each kind. */
export function joinClauses(clauses: readonly ScanClause[]): Clauses {
  return clauses.reduce<Clauses>((all, { values }) => ({ ...all, ...values }), { reversed: false, carries: [] });
}
