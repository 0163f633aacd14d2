import { splitWords } from "./white-space.js";

/** How the words of an answer are compared: as the official English script does, or character by character. */
export type AnswerForm = "words" | "characters";

// \b of Python's `re` knows Unicode letters, JavaScript's does not
const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
const asciiPunctuation = /[!-/:-@[-`{-~]/g;

/** Lower case, without ASCII punctuation, the articles a, an, the, and extra white space. */
export function normalizeAnswer(text: string): string {
  return splitWords(text.toLowerCase().replace(asciiPunctuation, "").replace(articles, " ")).join(" ");
}

/** 1 where the answers are equal after normalisation, else 0. By characters only white space is left out. */
export function exactMatch(gold: string, predicted: string, form: AnswerForm = "words"): number {
  const normal = (text: string) => (form === "words" ? normalizeAnswer(text) : splitWords(text).join(""));
  return normal(gold) === normal(predicted) ? 1 : 0;
}

/**
 * F1 over the words (or characters) that two answers share, each as often as it occurs. Two empty answers agree
 * (1) in the definition of SQuAD 2.0 and by characters, not (0) in that of 1.1.
 */
export function answerF1(
  gold: string,
  predicted: string,
  { form = "words", version = 2 }: { form?: AnswerForm; version?: 1 | 2 } = {},
): number {
  const pieces = (text: string) =>
    form === "words" ? splitWords(normalizeAnswer(text)) : [...splitWords(text).join("")];
  const goldPieces = pieces(gold);
  const predictedPieces = pieces(predicted);
  if (goldPieces.length === 0 || predictedPieces.length === 0) {
    if (form === "words" && version === 1) return 0;
    return goldPieces.length === predictedPieces.length ? 1 : 0;
  }
  const left = new Map<string, number>();
  for (const piece of goldPieces) left.set(piece, (left.get(piece) ?? 0) + 1);
  let shared = 0;
  for (const piece of predictedPieces) {
    const count = left.get(piece) ?? 0;
    if (count === 0) continue;
    left.set(piece, count - 1);
    shared++;
  }
  if (shared === 0) return 0;
  const precision = shared / predictedPieces.length;
  const recall = shared / goldPieces.length;
  return (2 * precision * recall) / (precision + recall);
}
