import type { EncodeWordsOptions, Encoding, Tokenizer } from "../tokenizers/index.js";
import { tagsOfEntities } from "./entity-tags.js";
import type { TaggedExample } from "./tagged-example.js";
import type { EncodeSettings, TaskItem } from "./task.js";
import { bodyStart, type Words, wordsAsGiven, wordsOfText } from "./text-words.js";
import { encodeWithin, tooLong } from "./truncation.js";

/** What the tokenizer made of an example, shared by its windows. */
export interface TaggedWords extends Words {
  /** The true tags, one a word; undefined where they are not known. */
  readonly tags: readonly string[] | undefined;
  /** Entities of a raw text that tags of whole words cannot say exactly. */
  readonly inexactCount: number;
}

/** A window over an example with the words that it decides on. A word is decided on by one window at most. */
export interface TagItem extends TaskItem {
  readonly encoding: Encoding;
  readonly words: TaggedWords;
  /** Which words of the example these are. */
  readonly decided: Int32Array;
  /** The token of the encoding that stands for each of them: its first. */
  readonly positions: Int32Array;
}

/** The windows of examples: one each, or with `stride` as many as it takes. */
export function encodeTagged(
  examples: readonly TaggedExample[],
  tokenizer: Tokenizer,
  settings: EncodeSettings,
): TagItem[] {
  return examples.flatMap((example, number) => {
    const windows = windowsOf(example, tokenizer, settings);
    const [main] = windows;
    const isWhole = windows.length === 1 && main!.truncatedCount === 0;
    const words = findWords(example, isWhole ? main! : encodeWhole(example, tokenizer));
    return decideOnce(words.firstTokens, windows, settings.stride).map(({ decided, positions }, i) => ({
      encoding: windows[i]!,
      example: number,
      words,
      decided,
      positions,
    }));
  });
}

function windowsOf(
  example: TaggedExample,
  tokenizer: Tokenizer,
  settings: EncodeSettings,
): readonly Encoding[] {
  if (example.kind === "text")
    return encodeWithin(tokenizer, example.text, undefined, settings, example.place);
  const { maxLength, overflow, stride } = settings;
  const options: EncodeWordsOptions = overflow === "stride" ? { maxLength, stride } : { maxLength };
  const encoding = tokenizer.encodeWords(example.words, options);
  if (overflow === "error" && encoding.truncatedCount > 0)
    throw tooLong(example.place, maxLength, encoding.truncatedCount);
  return [encoding, ...encoding.overflow];
}

function encodeWhole(example: TaggedExample, tokenizer: Tokenizer): Encoding {
  return example.kind === "text" ? tokenizer.encode(example.text) : tokenizer.encodeWords(example.words);
}

function findWords(example: TaggedExample, whole: Encoding): TaggedWords {
  if (example.kind === "words")
    return { ...wordsAsGiven(example.words.length, whole), tags: example.tags, inexactCount: 0 };
  const words = wordsOfText(example.text, whole);
  const { entities } = example;
  return entities === undefined
    ? { ...words, tags: undefined, inexactCount: 0 }
    : { ...words, ...tagsOfEntities(entities, words) };
}

/**
 * Share out the words among the windows: each goes to the window in which its first token stands farthest from an
 * edge, and so sees most of what is around it. Words that no window holds go to none.
 */
function decideOnce(
  firstTokens: Int32Array,
  windows: readonly Encoding[],
  stride: number,
): { decided: Int32Array; positions: Int32Array }[] {
  const lengths = windows.map((window) =>
    window.sequenceIds.reduce((count, id) => count + Number(id === 0), 0),
  );
  const step = lengths[0]! - stride; // every window begins so many tokens after the one before
  const decided: number[][] = windows.map(() => []);
  const positions: number[][] = windows.map(() => []);
  firstTokens.forEach((token, word) => {
    if (token < 0) return;
    let best = -1;
    let bestMargin = -1;
    windows.forEach((_, k) => {
      const place = token - k * step;
      const margin = Math.min(place, lengths[k]! - 1 - place);
      if (margin > bestMargin) [best, bestMargin] = [k, margin];
    });
    if (best < 0) return;
    decided[best]!.push(word);
    positions[best]!.push(bodyStart(windows[best]!) + token - best * step);
  });
  return windows.map((_, k) => ({
    decided: Int32Array.from(decided[k]!),
    positions: Int32Array.from(positions[k]!),
  }));
}
