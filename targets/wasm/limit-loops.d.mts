export declare const peakSource: string;
export declare const copySource: string;
export declare function peakOperations(turns: number): number;
export declare function copyPlaces(bytes: number): {
  readonly length: number;
  readonly target: number;
  readonly pages: number;
};
