import { hash, Random } from "../base/index.js";
import { type GuessedPlaces, type MaskingOptions, maskTokens } from "../objectives/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { EncodeSettings, TaskItem } from "./task.js";
import type { RunningExample } from "./text-blocks.js";

/** What hiding needs to know of a tokenizer. */
export type MaskReader = Pick<Tokenizer, "special" | "vocabularySize" | "isSpecial">;

/** A stretch of running text with the special tokens around it, and what of it is hidden now. */
export interface MaskedItem extends TaskItem, GuessedPlaces {
  /** The ids before anything was hidden. */
  readonly original: Int32Array;
  /** The word that each token belongs to; -1 for special tokens. */
  readonly wordIds: Int32Array;
  /** Who read it: knows the mask and which tokens are special. */
  readonly reader: MaskReader;
}

/**
 * The blocks that texts are read in: lines of a running text side by side, texts by themselves parted by the
 * separator, cut at `maxLength` tokens with the special ones. Nothing is hidden yet.
 */
export function encodeMaskedBlocks(
  examples: readonly RunningExample[],
  tokenizer: Tokenizer,
  { maxLength }: EncodeSettings,
): MaskedItem[] {
  const { classification, separator } = tokenizer.special;
  const before = classification === undefined ? [] : [classification.id];
  const after = separator === undefined ? [] : [separator.id];
  const room = maxLength - before.length - after.length;
  const items: MaskedItem[] = [];
  let [ids, words]: [number[], number[]] = [[], []];
  let first = 0;
  let word = 0;
  const flush = (): void => {
    if (ids.length === 0) return;
    const original = Int32Array.from([...before, ...ids, ...after]);
    const none = new Int32Array(0);
    items.push({
      example: first,
      reader: tokenizer,
      original,
      wordIds: Int32Array.from([...before.map(() => -1), ...words, ...after.map(() => -1)]),
      ...{ places: none, labels: none },
      encoding: {
        ids: original,
        typeIds: new Int32Array(original.length),
        truncatedCount: 0,
        unknownCount: original.reduce((count, id) => count + Number(id === tokenizer.unknownId), 0),
      },
    });
    [ids, words] = [[], []];
  };
  for (const [number, example] of examples.entries()) {
    const encoding = tokenizer.encode(example.text, { specialTokens: false });
    if (ids.length > 0 && !example.goesOn && after.length > 0) {
      ids.push(after[0]!);
      words.push(-1);
    }
    encoding.ids.forEach((id, i) => {
      if (ids.length >= room) flush();
      if (ids.length === 0) first = number;
      ids.push(id);
      words.push(word + encoding.wordIds[i]!);
    });
    word += 1 + Math.max(0, ...encoding.wordIds);
    if (ids.length >= room) flush();
  }
  flush();
  return items;
}

/** How tokens of blocks are hidden. */
export interface BlockMasking
  extends Pick<MaskingOptions, "maskShare" | "randomShare" | "choose" | "sharesFate"> {
  readonly rate: number;
}

/** Hide tokens of a block anew: by seed and step, and by the block itself, so that a batch may hold it with any others. */
export function maskBlock(item: MaskedItem, masking: BlockMasking, seed: number, step: number): MaskedItem {
  if (!canBeMasked(item)) return item;
  const { original, wordIds, reader } = item;
  const { ids, predictedRows, labels } = maskTokens(
    { ids: original, mask: new Int32Array(original.length).fill(1), wordIds, length: original.length },
    {
      maskId: reader.special.mask!.id,
      vocabularySize: reader.vocabularySize,
      isSpecial: (id) => reader.isSpecial(id),
      ...masking,
    },
    hash(seed, fingerprint(original)),
    step,
  );
  return { ...item, places: predictedRows, labels, encoding: { ...item.encoding, ids } };
}

/** Whether a block has a token that can be hidden: one of unknown tokens alone has none, and nothing is learnt from it. */
export function canBeMasked({ original, reader }: Pick<MaskedItem, "original" | "reader">): boolean {
  return original.some((id) => !reader.isSpecial(id));
}

/** A number that tells blocks apart. */
export function fingerprint(ids: Int32Array): number {
  return ids.reduce((key, id) => hash(key, id), new Random(ids.length).key);
}
