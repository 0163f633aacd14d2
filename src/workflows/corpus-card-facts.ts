import type { CorpusCardFacts } from "../export/index.js";
import type { CorpusFacts } from "./events.js";

/** What the model card says of a corpus. */
export function corpusCardFacts({ name, use, weight, report }: CorpusFacts): CorpusCardFacts {
  const { documentCount, tokenCount, characterCount, unknownCount, removed } = report;
  return {
    ...{ file: name, isHeldOut: use === "validation", weight },
    ...{ documentCount, tokenCount, characterCount },
    unknownRate: tokenCount === 0 ? 0 : unknownCount / tokenCount,
    removedCount: removed.reduce((sum, { count }) => sum + count, 0),
  };
}
