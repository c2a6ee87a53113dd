/** The pages of the manual whose blocks `manual.test.ts` runs, each in a folder of its own. */
export const pages: readonly string[] = ["first-network.md"];
