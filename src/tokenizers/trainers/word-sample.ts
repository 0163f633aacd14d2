import { hashString } from "../../base/index.js";
import type { WordCounts } from "./word-counts.js";

/** What a sample of words was drawn to. */
export interface WordSample {
  /** The share of all occurrences that were kept. */
  readonly share: number;
  /** Distinct words that were kept, and that there were. */
  readonly keptCount: number;
  readonly distinctCount: number;
}

/** What a word takes beside its characters, in characters. */
const wordOverhead = 8;

/**
 * Words that have room in `limit` characters, distinct words counted once and eight characters more: all of them, or a
 * sample. Each occurrence is then kept at the same odds, so that what is frequent stays in proportion and of the rare
 * words some stay. Which ones follows from their spelling: the same words give the same sample.
 */
export function sampleWords(words: WordCounts, limit: number): { words: WordCounts; sample?: WordSample } {
  // for each count, the room that the words with this count take together
  const room = new Map<number, number>();
  words.forEach((word, count) => {
    room.set(count, (room.get(count) ?? 0) + word.length + wordOverhead);
  });
  const share = shareThatFits(room, limit);
  if (share === 1) return { words };
  const kept = (word: string, count: number): number =>
    Math.floor(count * share + hashString(word, sampleKey) / 2 ** 32);
  let keptCount = 0;
  words.forEach((word, count) => {
    if (kept(word, count) > 0) keptCount++;
  });
  const sampled: WordCounts = {
    size: keptCount,
    forEach: (visit) =>
      words.forEach((word, count) => {
        const some = kept(word, count);
        if (some > 0) visit(word, some);
      }),
  };
  return { words: sampled, sample: { share, keptCount, distinctCount: words.size } };
}

const sampleKey = 0x5a3d1e;

/** The largest share of occurrences to keep so that words are expected to fit. */
function shareThatFits(room: ReadonlyMap<number, number>, limit: number): number {
  const needed = (share: number): number => {
    let sum = 0;
    for (const [count, size] of room) sum += size * Math.min(1, count * share);
    return sum;
  };
  if (needed(1) <= limit) return 1;
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (needed(middle) > limit) high = middle;
    else low = middle;
  }
  return low;
}
