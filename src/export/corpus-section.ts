import { type MarkdownColumn, markdownCode, markdownTable } from "./markdown.js";
import type { CorpusCardFacts } from "./model-card-facts.js";
import { countText, largeCountText, measureText, percentText } from "./number-text.js";

/** What a model was pre-trained on, as the end of a sentence. */
export function corporaText(corpora: readonly CorpusCardFacts[] = []): string {
  const learnt = corpora.filter(({ isHeldOut }) => !isHeldOut);
  if (learnt.length === 0) return "";
  const tokens = learnt.reduce((sum, { tokenCount }) => sum + tokenCount, 0);
  const files = learnt.map(({ file }) => markdownCode(file)).join(", ");
  return `, pre-trained on ${largeCountText(tokens)} tokens of ${files}`;
}

/** The section on the running text that was learnt from. */
export function corpusSection(corpora: readonly CorpusCardFacts[] = []): string[] {
  if (corpora.length === 0) return [];
  const names = ["use", "weight", "documents", "tokens", "characters", "unknown tokens", "left out"];
  const columns = ["text", ...names].map(
    (name, i): MarkdownColumn => (i < 2 ? { name } : { name, align: "right" }),
  );
  const rows = corpora.map((corpus) => [
    markdownCode(corpus.file),
    corpus.isHeldOut ? "held out" : "learnt",
    corpus.weight === undefined ? "" : measureText(corpus.weight),
    ...[corpus.documentCount, corpus.tokenCount, corpus.characterCount].map(countText),
    percentText(corpus.unknownRate),
    countText(corpus.removedCount),
  ]);
  const note = "Left out are documents and lines that repeat earlier ones, have no text, or leave no tokens.";
  return ["## Corpus", markdownTable(columns, rows), note];
}
