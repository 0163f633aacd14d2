/** How the vectors of a text's tokens become one. A list by itself, so that help need load no engine. */
export const poolings = ["mean", "max", "cls", "last", "mean-sqrt-length", "weighted-mean"] as const;
export type Pooling = (typeof poolings)[number];

/** What of a text its classifier reads, where config.json has a say: its first token's state, or the mean over all. */
export const classifierPoolings = ["cls", "mean"] as const;
export type ClassifierPooling = (typeof classifierPoolings)[number];
