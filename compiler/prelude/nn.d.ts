/** A `.nn` file imported from TypeScript is its text; vitest and the build script provide it. */
declare module "*.nn" {
  const text: string;
  export default text;
}
