/** How the vectors of a text's tokens become one. A list by itself, so that help need load no engine. */
export const poolings = ["mean", "max", "cls", "last", "mean-sqrt-length", "weighted-mean"] as const;
export type Pooling = (typeof poolings)[number];
