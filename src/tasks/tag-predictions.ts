import type { JsonObject } from "../base/index.js";
import { extractEntities } from "../metrics/index.js";
import { argmax, softmaxOf } from "./probabilities.js";
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

/** The most probable tag of each word of each example, and the entities that the tags spell. */
export function tagPredictions(
  examples: readonly TaggedExample[],
  items: readonly TagItem[],
  outputs: readonly ItemOutput[],
  labels: readonly string[],
): TagPrediction[] {
  const tags: string[][] = [];
  const scores: Float64Array[] = [];
  const seen = new Int32Array(examples.length);
  const wordsOf: TagItem["words"][] = [];
  items.forEach(({ example, words, decided }, i) => {
    wordsOf[example] = words;
    tags[example] ??= new Array<string>(words.starts.length).fill("O");
    scores[example] ??= new Float64Array(words.starts.length);
    seen[example]! += decided.length;
    const logits = outputs[i]!["logits"]!; // [decided words, labels]
    decided.forEach((word, k) => {
      const probabilities = softmaxOf(logits.subarray(k * labels.length, (k + 1) * labels.length));
      const best = argmax(probabilities);
      tags[example]![word] = labels[best]!;
      scores[example]![word] = probabilities[best]!;
    });
  });
  return examples.map((example, e) => {
    const { starts, ends, tags: truth } = wordsOf[e]!;
    const textFrom = (first: number, last: number): string =>
      example.kind === "text"
        ? example.text.slice(starts[first], ends[last])
        : joinWords(example.words.slice(first, last + 1));
    return {
      words: Array.from(starts, (_, word) => textFrom(word, word)),
      tags: tags[e]!,
      scores: scores[e]!,
      unseenCount: starts.length - seen[e]!,
      entities: extractEntities(tags[e]!).map(({ type, start, end }) => ({
        text: textFrom(start, end - 1),
        type,
        start: starts[start]!,
        end: ends[end - 1]!,
        score: scores[e]!.subarray(start, end).reduce((sum, score) => sum + score, 0) / (end - start),
      })),
      truth,
    };
  });
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
