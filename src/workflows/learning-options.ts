import type { Json, JsonObject } from "../base/index.js";

/** Options that change nothing about what is learnt, or that the fingerprint has by content. */
const unlearned: ReadonlySet<string> = new Set([
  ...["outputDirectory", "overwrite", "resume", "dryRun", "saveTotalLimit", "logEvery", "offline", "dtype"],
  ...[
    "threads",
    "runtime",
    "device",
    "train",
    "validation",
    "test",
    "dataDirectory",
    "model",
    "tokenizer",
    "seeds",
  ],
]);

/** All that decides what is learnt, of the options in force; a resumed run must have it the same. */
export function learningOptions(resolved: Readonly<Record<string, Json | undefined>>): JsonObject {
  const entries = Object.entries(resolved).filter(
    ([key, value]) => !unlearned.has(key) && value !== undefined,
  );
  return Object.fromEntries(entries) as JsonObject;
}
