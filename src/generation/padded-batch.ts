import { int64, type Tensor } from "../base/tensor.js";

/** Texts of different lengths as one rectangle, all `[batch, longest]`. */
export interface PaddedBatch {
  readonly ids: Tensor<"int64">;
  /** 1 a token, 0 padding. */
  readonly mask: Tensor<"int64">;
  /** The number of each token in its text; 0 at padding. */
  readonly positions: Tensor<"int64">;
}

/** Fill up texts with padding, in front or behind. */
export function paddedBatch(
  texts: readonly (readonly number[])[],
  side: "front" | "behind",
  paddingId: number,
): PaddedBatch {
  const length = texts.reduce((longest, text) => Math.max(longest, text.length), 0);
  const size = texts.length * length;
  const [ids, mask, positions] = [
    new Float64Array(size).fill(paddingId),
    new Uint8Array(size),
    new Uint32Array(size),
  ];
  texts.forEach((text, row) => {
    const start = row * length + (side === "front" ? length - text.length : 0);
    ids.set(text, start);
    mask.fill(1, start, start + text.length);
    for (let i = 0; i < text.length; i++) positions[start + i] = i;
  });
  const shape = [texts.length, length];
  return { ids: int64(shape, ids), mask: int64(shape, mask), positions: int64(shape, positions) };
}
