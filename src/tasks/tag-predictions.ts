import { argmax, type JsonObject } from "../base/index.js";
import { extractEntities } from "../metrics/index.js";
import { softmaxOf } from "./probabilities.js";
import type { TagItem } from "./tag-items.js";
import type { TaggedExample } from "./tagged-example.js";
import type { ItemOutput } from "./task.js";
import { joinWords } from "./text-words.js";

/** An entity that was found. `start` and `end` are indices of the text's string, or of words where words were given. */
export interface FoundEntity {
  readonly text: string;
  readonly type: string;
  readonly start: number;
  readonly end: number;
  /** The mean probability of its words' tags. */
  readonly score: number;
}

/** The tags of an example's words. */
export interface TagPrediction {
  readonly words: readonly string[];
  readonly tags: readonly string[];
  /** The probability of each tag; 0 for words that the model did not see, whose tag is O. */
  readonly scores: Float64Array;
  readonly unseenCount: number;
  readonly entities: readonly FoundEntity[];
  /** The true tags of the same words, where they are known. */
  readonly truth: readonly string[] | undefined;
}

/** What is made of the scores of words `[words, labels]`: a tag each, and how probable each tag is. */
export interface DecidedTags {
  readonly tags: readonly number[];
  readonly probabilities: Float64Array; // [words, labels]
}

/** Decides the tags of the words of an example that the model saw, in their order; `outputs` are those of its items. */
export type DecideTags = (scores: Float32Array, outputs: readonly ItemOutput[]) => DecidedTags;

/** The tags of the words of each example, and the entities that they spell. */
export function tagPredictions(
  examples: readonly TaggedExample[],
  items: readonly TagItem[],
  outputs: readonly ItemOutput[],
  labels: readonly string[],
  decide: DecideTags = (scores) => eachByItself(scores, labels.length),
): TagPrediction[] {
  const windowsOf = Array.from(examples, (): number[] => []);
  items.forEach(({ example }, i) => {
    windowsOf[example]!.push(i);
  });
  return examples.map((example, e) => {
    const windows = windowsOf[e]!;
    const { starts, ends, tags: truth } = items[windows[0]!]!.words;
    const { seen, scores: logits } = seenWords(items, outputs, windows, labels.length);
    const decided = decide(
      logits,
      windows.map((i) => outputs[i]!),
    );
    const tags = new Array<string>(starts.length).fill("O");
    const scores = new Float64Array(starts.length);
    seen.forEach((word, k) => {
      const tag = decided.tags[k]!;
      tags[word] = labels[tag]!;
      scores[word] = decided.probabilities[k * labels.length + tag]!;
    });
    const textFrom = (first: number, last: number): string =>
      example.kind === "text"
        ? example.text.slice(starts[first], ends[last])
        : joinWords(example.words.slice(first, last + 1));
    return {
      words: Array.from(starts, (_, word) => textFrom(word, word)),
      tags,
      scores,
      unseenCount: starts.length - seen.length,
      entities: extractEntities(tags).map(({ type, start, end }) => ({
        text: textFrom(start, end - 1),
        type,
        start: starts[start]!,
        end: ends[end - 1]!,
        score: scores.subarray(start, end).reduce((sum, score) => sum + score, 0) / (end - start),
      })),
      truth,
    };
  });
}

/** The words of an example that some window decides on, in their order, and their scores `[words, labels]`. */
function seenWords(
  items: readonly TagItem[],
  outputs: readonly ItemOutput[],
  windows: readonly number[],
  labelCount: number,
): { seen: readonly number[]; scores: Float32Array } {
  const found = windows.flatMap((i) =>
    Array.from(items[i]!.decided, (word, k) => ({
      word,
      scores: outputs[i]!["logits"]!.subarray(k * labelCount, (k + 1) * labelCount),
    })),
  );
  found.sort((a, b) => a.word - b.word);
  const scores = new Float32Array(found.length * labelCount);
  for (const [k, { scores: own }] of found.entries()) scores.set(own, k * labelCount);
  return { seen: found.map(({ word }) => word), scores };
}

/** The most probable tag of each word by itself. */
function eachByItself(scores: Float32Array, labelCount: number): DecidedTags {
  const probabilities = new Float64Array(scores.length);
  const tags: number[] = [];
  for (let first = 0; first < scores.length; first += labelCount) {
    const own = softmaxOf(scores.subarray(first, first + labelCount));
    probabilities.set(own, first);
    tags.push(argmax(own));
  }
  return { tags, probabilities };
}

/** A prediction for files and programs. */
export function describeTags(
  example: TaggedExample,
  { words, tags, entities, unseenCount }: TagPrediction,
  items: readonly TagItem[],
  spellsEntities: boolean,
): JsonObject {
  const unknown = items.reduce((count, { encoding }) => count + encoding.unknownCount, 0);
  const truth =
    example.kind === "words"
      ? example.tags
      : example.entities?.map(({ type, start, end }) => ({
          text: example.text.slice(start, end),
          type,
          start,
          end,
        }));
  return {
    ...(example.id === undefined ? {} : { id: example.id }),
    ...(example.kind === "text" ? { text: example.text } : {}),
    words,
    tags,
    ...(spellsEntities ? { entities: entities.map((entity) => ({ ...entity })) } : {}),
    truncated: unseenCount > 0,
    ...(unseenCount > 0 ? { unseenWords: unseenCount } : {}),
    ...(unknown > 0 ? { unknownTokens: unknown } : {}),
    ...(truth === undefined ? {} : { truth }),
  };
}
