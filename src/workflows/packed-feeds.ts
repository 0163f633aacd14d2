import { int64, OptionError, type Tensor } from "../base/index.js";
import { type PackingLimits, packRows, rowLengthFor, widthOf } from "../data/packing.js";
import type { Head } from "../models/index.js";
import type { TaskItem } from "../tasks/task.js";
import type { OpenModel } from "./open-model.js";

/** Heads that read texts of several rows each, or that write: their rows cannot be packed. */
const unpackable: ReadonlySet<Head> = new Set([
  "multiple-choice",
  "causal-lm",
  "bidirectional-lm",
  "permutation-lm",
  "sequence-to-sequence",
]);

/** Whether texts are to be packed; an error where that is asked of a model or a head that cannot have it. */
export function packsTexts(
  packing: boolean | undefined,
  { network }: Pick<OpenModel, "network">,
  head: Head,
): boolean {
  if (packing !== true) return false;
  if (network.packs === true && !unpackable.has(head)) return true;
  throw new OptionError(
    `--packing: expected an encoder that keeps the texts of a row apart, with a head for texts or tokens, got ${network.description} for ${head}`,
    { hint: "leave out --packing" },
  );
}

/** The inputs of a batch whose texts stand several in a row, as `packedInputs` names them. */
export function packedFeeds(
  items: readonly TaskItem[],
  paddingId: number,
  limits: PackingLimits,
): Map<string, Tensor> {
  const lengths = items.map(({ encoding }) => encoding.ids.length);
  const rows = packRows(lengths, rowLengthFor(lengths, limits));
  const length = widthOf(lengths, rows);
  const [sequence, slots] = [lengths, rows.map((row) => row.length)].map((all) => Math.max(...all)) as [
    number,
    number,
  ];
  const ofTokens = (filler = 0): Float64Array => new Float64Array(rows.length * length).fill(filler);
  const [ids, typeIds, mask, texts, positions] = [
    ofTokens(paddingId),
    ofTokens(),
    ofTokens(),
    ofTokens(),
    ofTokens(),
  ];
  const [places, textMask] = [0, 0].map(() => new Float64Array(items.length * sequence)) as [
    Float64Array,
    Float64Array,
  ];
  const firstPlaces = new Float64Array(rows.length * slots);
  const firstSlots = new Float64Array(items.length);
  for (const [number, row] of rows.entries()) {
    let start = number * length;
    for (const [slot, text] of row.entries()) {
      const { encoding } = items[text]!;
      ids.set(encoding.ids, start);
      typeIds.set(encoding.typeIds, start);
      for (let i = 0; i < lengths[text]!; i++) {
        mask[start + i] = 1;
        texts[start + i] = slot + 1;
        positions[start + i] = i;
        places[text * sequence + i] = start + i;
        textMask[text * sequence + i] = 1;
      }
      firstPlaces[number * slots + slot] = start;
      firstSlots[text] = number * slots + slot;
      start += lengths[text]!;
    }
  }
  const tensor = (shape: readonly number[], data: Float64Array): Tensor => int64(shape, data);
  const packed = [rows.length, length];
  return new Map([
    ["ids", tensor(packed, ids)],
    ["mask", tensor(packed, mask)],
    ["typeIds", tensor(packed, typeIds)],
    ["texts", tensor(packed, texts)],
    ["positions", tensor(packed, positions)],
    ["places", tensor([items.length, sequence], places)],
    ["textMask", tensor([items.length, sequence], textMask)],
    ["firstPlaces", tensor([rows.length, slots], firstPlaces)],
    ["firstSlots", tensor([items.length], firstSlots)],
  ]);
}
