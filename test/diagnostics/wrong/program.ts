/** What it is, the source, and how many errors it has where that is not one: one mistake gives one. */
export type WrongProgram = readonly [title: string, source: string, errors?: number];
