import type { JapaneseAnalyzer } from "../tokenizers/index.js";
import { splitWords } from "./white-space.js";

/** Cuts a line into the words that are compared. */
export type WordSplitter = (line: string) => readonly string[];

/** Ways of cutting that need nothing else, by sacrebleu's names. */
export type WordSplitting = "none" | "13a" | "intl" | "char";

/**
 * How sacrebleu (Post 2018, https://arxiv.org/abs/1804.08771) cuts lines: at white space; as the script mteval-v13a of
 * WMT does, the default; as mteval-v14 does for all scripts; or into characters.
 */
export const wordSplitters: Readonly<Record<WordSplitting, WordSplitter>> = {
  none: splitWords,
  "13a": (line) => {
    const plain = line.replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
    return splitWords(rewrite(` ${unescaped(plain)} `, westernRules));
  },
  intl: (line) => splitWords(rewrite(line, internationalRules)),
  char: (line) => [...line].filter((character) => splitWords(character).length > 0),
};

/** Into the words of a Japanese dictionary; sacrebleu's `ja-mecab` is IPADIC's. */
export function japaneseWords(analyzer: JapaneseAnalyzer): WordSplitter {
  return (line) => analyzer.analyze(line).map(({ surface }) => surface);
}

const westernRules: readonly (readonly [RegExp, string])[] = [
  [/([{-~[-` -&(-+:-@/])/gu, " $1 "], // all ASCII punctuation but apostrophe, comma, dash and period
  [/([^0-9])([.,])/gu, "$1 $2 "],
  [/([.,])([^0-9])/gu, " $1 $2"],
  [/([0-9])(-)/gu, "$1 $2 "],
];

const internationalRules: readonly (readonly [RegExp, string])[] = [
  [/(\P{N})(\p{P})/gu, "$1 $2 "],
  [/(\p{P})(\P{N})/gu, " $1 $2"],
  [/(\p{S})/gu, " $1 "],
];

function rewrite(line: string, rules: readonly (readonly [RegExp, string])[]): string {
  return rules.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), line);
}

function unescaped(line: string): string {
  return line
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">");
}
