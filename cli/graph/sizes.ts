/** The measures of a picture, in pixels. */
export const sizes = { font: 12, line: 16, header: 30, padding: 14, side: 10 } as const;
