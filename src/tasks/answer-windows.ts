import { DataError } from "../base/index.js";
import type { EncodeOptions, Encoding, Tokenizer } from "../tokenizers/index.js";
import type { QuestionExample } from "./question-example.js";
import type { EncodeSettings, TaskItem } from "./task.js";
import { tooLong } from "./truncation.js";

/** A question with a window of its context: `[CLS] question [SEP] window [SEP]`. */
export interface QuestionItem extends TaskItem {
  readonly encoding: Encoding;
  /** The first and last token of the answer; both 0, the first special token, where this window has none. */
  readonly answer: TokenSpan | undefined;
}

/** Tokens of an encoding, `end` the last of them. */
export interface TokenSpan {
  readonly start: number;
  readonly end: number;
}

/** Where a window without answer points. */
export const nowhere: TokenSpan = { start: 0, end: 0 };

/** The windows over the contexts of questions. */
export function encodeQuestions(
  examples: readonly QuestionExample[],
  tokenizer: Tokenizer,
  settings: EncodeSettings,
): QuestionItem[] {
  const specialCount = tokenizer.encode("", { pair: "" }).ids.length;
  return examples.flatMap((example, number) =>
    windowsOf(example, tokenizer, settings, specialCount).map((encoding) => ({
      encoding,
      example: number,
      answer: answerIn(encoding, example),
    })),
  );
}

/** Only the context is cut, never the question, which must leave a quarter of the length to a long context. */
function windowsOf(
  { question, context, place }: QuestionExample,
  tokenizer: Tokenizer,
  { maxLength, overflow, stride }: EncodeSettings,
  specialCount: number,
): readonly Encoding[] {
  const questionLength = tokenizer.encode(question, { specialTokens: false }).ids.length;
  const room = maxLength - specialCount - questionLength;
  const most = maxLength - specialCount - Math.ceil(maxLength / 4);
  if (questionLength > most)
    throw new DataError(`${place}: expected a question of at most ${most} tokens, got ${questionLength}`, {
      hint: "shorten the question or raise --max-length",
    });
  const options: EncodeOptions = { pair: context, maxLength, truncation: "only-second" };
  // a long question may leave less room than the stride; then half of each window is shared
  if (overflow === "stride") options.stride = stride < room ? stride : Math.floor(room / 2);
  const encoding = tokenizer.encode(question, options);
  if (overflow === "error" && encoding.truncatedCount > 0)
    throw tooLong(place, maxLength, encoding.truncatedCount);
  return [encoding, ...encoding.overflow];
}

/** The tokens of the first answer in a window; `nowhere` where it is not all there; undefined where answers are unknown. */
function answerIn(encoding: Encoding, { context, answers }: QuestionExample): TokenSpan | undefined {
  if (answers === undefined) return undefined;
  const [answer] = answers;
  if (answer === undefined) return nowhere;
  const text = context.slice(answer.start, answer.end);
  const start = answer.start + text.length - text.trimStart().length; // no token stands for a blank
  const end = answer.end - text.length + text.trimEnd().length;
  return tokensOfSpan(encoding, start, end) ?? nowhere;
}

/** The tokens of the second text that cover a stretch of it; undefined where the encoding does not hold it whole. */
export function tokensOfSpan(encoding: Encoding, start: number, end: number): TokenSpan | undefined {
  const { starts, ends, sequenceIds } = encoding;
  const first = sequenceIds.indexOf(1);
  const last = sequenceIds.lastIndexOf(1);
  if (first < 0 || end <= start || starts[first]! > start || ends[last]! < end) return undefined;
  let [from, to] = [first, last];
  while (ends[from]! <= start) from++;
  while (starts[to]! >= end) to--;
  return from <= to ? { start: from, end: to } : undefined;
}
