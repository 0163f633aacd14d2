import { int64, type Tensor } from "../base/index.js";
import { sortedBatches } from "../data/batches.js";
import { type PackingLimits, packedBatches, rowLengthFor } from "../data/packing.js";
import type { TaskItem } from "../tasks/task.js";
import type { Tokenizer } from "../tokenizers/index.js";
import type { OpenModel } from "./open-model.js";
import { packedFeeds } from "./packed-feeds.js";
import { paddingIdOf } from "./session.js";

/** How items are laid out in rows. */
export interface RowLayout {
  /** The id that fills up rows. */
  readonly paddingId: number;
  /** Where rows hold several items each: how long they may be. */
  readonly packing?: PackingLimits | undefined;
}

/** How the items of a run are laid out, with the rows that packing may make of them. */
export function rowLayout(
  { network: { hiddenSize } }: Pick<OpenModel, "network">,
  tokenizer: Tokenizer,
  maxLength: number,
  packs: boolean,
): RowLayout {
  const paddingId = paddingIdOf(tokenizer);
  return packs ? { paddingId, packing: { maxLength, hiddenSize } } : { paddingId };
}

/** The inputs of a batch: an item a row, or several. */
export function batchFeeds(
  items: readonly TaskItem[],
  { paddingId, packing }: RowLayout,
): Map<string, Tensor> {
  return packing === undefined ? modelFeeds(items, paddingId) : packedFeeds(items, paddingId, packing);
}

/** Batches for evaluation by the lengths of items: of so many rows each. */
export function evaluationBatches(
  lengths: readonly number[],
  batchSize: number,
  { packing }: RowLayout,
): Uint32Array[] {
  if (packing === undefined) return sortedBatches(lengths, batchSize);
  return packedBatches(lengths, rowLengthFor(lengths, packing), batchSize);
}

/** The inputs of a batch, padded to its longest: `[batch, sequence]`, of multiple choice `[examples, choices, sequence]`. */
export function modelFeeds(items: readonly TaskItem[], paddingId: number): Map<string, Tensor> {
  const rows = items.flatMap(({ choices, encoding }) => choices ?? [encoding]);
  const length = lengthOf(items);
  const size = rows.length * length;
  const [ids, mask, typeIds] = [
    new Float64Array(size).fill(paddingId),
    new Float64Array(size),
    new Float64Array(size),
  ];
  rows.forEach((row, i) => {
    ids.set(row.ids, i * length);
    typeIds.set(row.typeIds, i * length);
    mask.fill(1, i * length, i * length + row.ids.length);
  });
  const choiceCount = items[0]?.choices?.length;
  const shape = choiceCount === undefined ? [items.length, length] : [items.length, choiceCount, length];
  return new Map([
    ["ids", int64(shape, ids)],
    ["mask", int64(shape, mask)],
    ["typeIds", int64(shape, typeIds)],
  ]);
}

/** The longest of some items, in tokens. */
export function lengthOf(items: readonly TaskItem[]): number {
  return items.reduce((longest, { encoding }) => Math.max(longest, encoding.ids.length), 0);
}
