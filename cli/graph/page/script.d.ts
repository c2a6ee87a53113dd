/** A `.script` file names a module; imported, it is that module with all that it imports as one script for a page. Vitest and the build provide it. */
declare module "*.script" {
  const text: string;
  export default text;
}
