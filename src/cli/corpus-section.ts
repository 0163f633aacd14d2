import type { CorpusReport, FileReport, Removed } from "../data/corpus/index.js";
import {
  bytesText,
  countText,
  largeCountText,
  percentText,
  type SectionLine,
  textWidth,
  visibleText,
} from "./terminal/index.js";

const shownFiles = 3;

const removedNames: Readonly<Record<Removed["step"], [one: string, many: string]>> = {
  empty: ["empty document", "empty documents"],
  duplicate: ["document that repeats an earlier one", "documents that repeat an earlier one"],
  "duplicate-line": ["line that repeats an earlier one", "lines that repeat an earlier one"],
  "near-duplicate": [
    "document that nearly repeats an earlier one",
    "documents that nearly repeat an earlier one",
  ],
  "no-token": ["document without a token", "documents without a token"],
};

/**
 * The lines of a corpus: each file with what was read of it, what of all was kept, and what was left out.
 *
 *     wiki-1.txt             1,204 documents   1.2 MB
 *     wiki-2.txt             1,150 documents   1.1 MB
 *     kept                   2,289 documents   54,321 sentences · 1,204,512 tokens · 2,301,100 characters
 *     tokens                 0.52 a character · unknown 0.2 %
 *     document (tokens)      median 310 · 95 % 1,804 · longest 12,020
 *     left out                  65 documents that repeat an earlier one (wiki-1.txt, line 120; wiki-2.txt, line 7)
 */
export function corpusLines(report: CorpusReport): SectionLine[] {
  const { files, lengths } = report;
  const { documentCount, sentenceCount, tokenCount, characterCount, unknownCount } = report;
  const others = files.slice(shownFiles);
  return [
    ...files.slice(0, shownFiles).map(fileLine),
    ...(others.length === 0
      ? []
      : [fileLine({ ...sumOf(others), path: `${countText(others.length)} more` })]),
    [
      "kept",
      documents(documentCount),
      `${countText(sentenceCount)} sentences · ${countText(tokenCount)} tokens · ${countText(characterCount)} characters`,
    ],
    [
      "tokens",
      `${(tokenCount / characterCount).toFixed(2)} a character · unknown ${percentText(unknownCount / tokenCount)}`,
    ],
    [
      "document (tokens)",
      `median ${countText(lengths.median)} · 95 % ${countText(lengths.most)} · longest ${countText(lengths.longest)}`,
    ],
    ...report.removed
      .filter(({ count }) => count > 0)
      .map((removed): SectionLine => ["left out", removedText(removed)]),
  ];
}

/** What of a corpus a person should look at before a model learns from it. */
export function corpusWarnings(report: CorpusReport): string[] {
  const { files, removed, cutDocuments, cutSentenceCount, specialCount } = report;
  return [
    ...files.flatMap(({ path, skipped }) =>
      skipped
        .filter(({ reason }) => reason !== "blank line")
        .map(
          ({ reason, count, firstLine }) =>
            `${visibleText(path)}: ${countText(count)} ${count === 1 ? "line" : "lines"} skipped: ${visibleText(reason)} (first on line ${countText(firstLine)})`,
        ),
    ),
    ...(cutDocuments.count === 0
      ? []
      : [
          `documents too long to be held were cut in ${countText(cutDocuments.count)} ${cutDocuments.count === 1 ? "place" : "places"}${placesText(cutDocuments.examples)}`,
        ]),
    ...(cutSentenceCount === 0
      ? []
      : [`${countText(cutSentenceCount)} sentences too long to be sentences were cut; is it text?`]),
    ...(specialCount === 0
      ? []
      : [`special tokens stand in the texts ${countText(specialCount)} times, and are read as such`]),
    ...removed
      .filter(({ missedCount }) => missedCount > 0)
      .map(
        ({ step, missedCount }) =>
          `${largeCountText(missedCount)} ${step === "duplicate-line" ? "lines" : "documents"} found no room in memory: what repeats these was not found`,
      ),
  ];
}

function fileLine({ path, documentCount, size }: FileReport): SectionLine {
  return [shortPath(visibleText(path)), documents(documentCount), bytesText(size)];
}

const widestPath = 40;

/** The end of a path: `…/ja-modern/wiki.txt`. */
function shortPath(path: string): string {
  let short = path;
  while (textWidth(short) > widestPath && /[/\\]./.test(short.slice(2)))
    short = short.replace(/^(?:…[/\\])?[/\\]?[^/\\]*[/\\]/, "…/");
  return short;
}

function sumOf(files: readonly FileReport[]): FileReport {
  const total = (key: "size" | "lineCount" | "documentCount"): number =>
    files.reduce((sum, file) => sum + file[key], 0);
  const counts = { lineCount: total("lineCount"), documentCount: total("documentCount") };
  return { path: "", size: total("size"), ...counts, skipped: [] };
}

function documents(count: number): string {
  return `${countText(count)} ${count === 1 ? "document" : "documents"}`;
}

function removedText({ step, count, examples }: Removed): string {
  return `${countText(count)} ${removedNames[step][count === 1 ? 0 : 1]}${placesText(examples)}`;
}

function placesText(places: readonly string[]): string {
  return places.length === 0 ? "" : ` (${places.map(visibleText).join("; ")})`;
}
