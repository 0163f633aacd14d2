import { rawText } from "../aligned-text.js";
import type { Normalizer } from "../normalizers/normalizer.js";
import type { PreTokenizer } from "../pre-tokenizers/pre-tokenizer.js";
import type { WordCounts } from "./word-counts.js";
import { SpilledCounts, type SpillStore } from "./word-counts-runs.js";
import { WordCountStore } from "./word-counts-store.js";

/** How far counting has come. */
export interface CountProgress {
  /** Texts read. */
  readonly textCount: number;
  /** Words read, each as often as it came. */
  readonly wordCount: number;
  /** Distinct words in memory; those written to disk are not among them. */
  readonly distinctCount: number;
}

/** How texts are cut into words, and what counting may take. */
export interface CountWordsOptions {
  normalizer?: Normalizer | undefined;
  /** Without one, a whole text is a word. */
  preTokenizer?: PreTokenizer | undefined;
  /** Bytes of distinct words to hold in memory, if there is a `spill` to write the others to. Default 2^28. */
  memoryLimit?: number;
  /** Where words go that find no room in memory. Default: all stay there, as in a browser. */
  spill?: SpillStore;
  /** Called now and then, and at the end. */
  onProgress?: (progress: CountProgress) => void;
  /** Aborted, counting ends with the signal's reason. */
  signal?: AbortSignal;
}

const progressInterval = 2 ** 14; // texts

/**
 * Count the words of texts as they stream in. A text longer than memory must come as many texts.
 *
 * ```ts
 * const counts = await countWords(["a b a"], { preTokenizer: whitespaceSplit() });
 * counts.forEach((word, count) => console.log(word, count)); // a 2, b 1
 * ```
 */
export async function countWords(
  texts: AsyncIterable<string> | Iterable<string>,
  options: CountWordsOptions = {},
): Promise<WordCounts> {
  const { normalizer, preTokenizer, memoryLimit = 2 ** 28, spill, onProgress, signal } = options;
  const store = new WordCountStore();
  const spilled = spill === undefined ? undefined : new SpilledCounts(spill);
  let textCount = 0;
  let wordCount = 0;
  const report = (): void => onProgress?.({ textCount, wordCount, distinctCount: store.size });
  const countText = (text: string): void => {
    const source = normalizer?.normalize(rawText(text)) ?? rawText(text);
    if (source.text === "") return;
    const uncut = { source, bounds: [0, source.text.length] };
    const pieces = preTokenizer?.split(uncut) ?? uncut;
    const { bounds } = pieces;
    for (let k = 0; k < bounds.length; k += 2) store.add(pieces.source.text, bounds[k]!, bounds[k + 1]!, 1);
    wordCount += bounds.length / 2;
  };
  try {
    for await (const text of texts) {
      countText(text);
      textCount++;
      if (spilled !== undefined && store.byteLength > memoryLimit) {
        spilled.write(store);
        store.clear();
      }
      if (textCount % progressInterval === 0) {
        signal?.throwIfAborted();
        report();
      }
    }
    report();
    if (spilled === undefined || spilled.runCount === 0) return store;
    spilled.write(store);
    store.clear();
    return spilled.merge();
  } catch (error) {
    spilled?.close();
    throw error;
  }
}
