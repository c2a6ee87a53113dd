export declare const scriptText: {
  readonly name: string;
  readonly enforce: "pre";
  load(id: string): Promise<string | undefined>;
};
