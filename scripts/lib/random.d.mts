export declare function randomFrom(seed: number): () => number;
export declare function normalFrom(random: () => number): number;
