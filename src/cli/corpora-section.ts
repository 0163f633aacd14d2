import type { CorporaFacts, CorpusFacts } from "../workflows/events.js";
import { corpusLines, corpusWarnings } from "./corpus-section.js";
import { countText, percentText, type Reporter, type SectionLine, visibleText } from "./terminal/index.js";

/** Tell the corpora of a run: each by itself, then how rows are taken from them. */
export function tellCorpora(reporter: Reporter, facts: CorporaFacts): void {
  for (const [i, corpus] of facts.corpora.entries()) {
    const lines = [useText(corpus, facts.times[i]), ...corpusLines(corpus.report)];
    reporter.section(corpus.use === "train" ? "corpus" : "held out", lines);
    for (const warning of corpusWarnings(corpus.report)) reporter.warning(warning);
  }
  for (const warning of corporaWarnings(facts)) reporter.warning(warning);
  reporter.section("rows", rowLines(facts));
}

/** What a person should look at before a model learns from these corpora together. */
export function corporaWarnings({ known }: Pick<CorporaFacts, "known">): string[] {
  if (known === undefined || known.knownCount === 0) return [];
  const { knownCount, documentCount, knownTokenRate } = known;
  return [
    `${countText(knownCount)} of ${countText(documentCount)} held-out documents (${percentText(knownTokenRate)} of their tokens) ${knownCount === 1 ? "is" : "are"} learnt from too, which flatters the results`,
  ];
}

/** What a corpus is for; `times` is how often the run reads it, of one that is learnt from. */
function useText({ name, weight, isReused }: CorpusFacts, times: number | undefined): string {
  const notes = [
    ...(weight === undefined ? [] : [`weight ${weight}`]),
    ...(times === undefined
      ? []
      : [`read ${times < 10 ? times.toFixed(2) : countText(Math.round(times))} times`]),
    ...(isReused ? ["prepared earlier"] : []),
  ];
  // no cells of a column, since what was asked for may be long
  return [visibleText(name), ...(notes.length === 0 ? [] : [notes.join(" · ")])].join("  ");
}

/**
 *     learnt                 27,434 an epoch, of 126 tokens; as the model reads them at most 128
 *     cut off                1.2 % of the tokens, for separators between documents
 *     held out               2,000 of 12,345
 */
function rowLines(facts: CorporaFacts): SectionLine[] {
  const { maxLength, rowLength, epochRowCount, lostRate, heldOut } = facts;
  const size = `of ${countText(rowLength)} tokens; as the model reads them at most ${countText(maxLength)}`;
  return [
    ["learnt", `${countText(epochRowCount)} an epoch, ${size}`],
    ...(lostRate === 0
      ? []
      : [["cut off", `${percentText(lostRate)} of the tokens, for separators between documents`]]),
    [
      "held out",
      heldOut === undefined
        ? "none: --validation-split 0.01 sets some text aside"
        : `${countText(heldOut.rowCount)} of ${countText(heldOut.total)}`,
    ],
  ];
}
