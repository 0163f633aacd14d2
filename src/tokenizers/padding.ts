import { OptionError } from "../base/index.js";
import type { Encoding } from "./encoding.js";

/** With what, how far and on which side encodings are filled up. */
export interface PadOptions {
  /** The id that fills up. */
  padId: number;
  /** The type id that fills up. Default 0. */
  padTypeId?: number;
  /** Fill up to this length at least. Left out: to that of the longest. */
  length?: number;
  /** Round the length up to a multiple of this. */
  multiple?: number;
  /** Which side is filled. Default `right`. */
  side?: "right" | "left";
}

/** Encodings of one length, row after row: `ids[row * length + column]`. */
export interface PaddedBatch {
  readonly size: number;
  readonly length: number;
  readonly ids: Int32Array; // [size, length]
  readonly typeIds: Int32Array; // [size, length]
  /** 1 for tokens, 0 for padding. */
  readonly mask: Int32Array; // [size, length]
}

/** Fill up encodings to one length. */
export function padBatch(encodings: readonly Encoding[], options: PadOptions): PaddedBatch {
  const { padId, padTypeId = 0, multiple = 1, side = "right" } = options;
  if (!Number.isSafeInteger(multiple) || multiple < 1) {
    throw new OptionError(`multiple: expected a whole number of at least 1, got ${multiple}`);
  }
  const longest = encodings.reduce((most, { ids }) => Math.max(most, ids.length), options.length ?? 0);
  const length = Math.ceil(longest / multiple) * multiple;
  const size = encodings.length;
  const ids = new Int32Array(size * length).fill(padId);
  const typeIds = new Int32Array(size * length).fill(padTypeId);
  const mask = new Int32Array(size * length);
  encodings.forEach((encoding, row) => {
    const start = row * length + (side === "right" ? 0 : length - encoding.ids.length);
    ids.set(encoding.ids, start);
    typeIds.set(encoding.typeIds, start);
    mask.fill(1, start, start + encoding.ids.length);
  });
  return { size, length, ids, typeIds, mask };
}
