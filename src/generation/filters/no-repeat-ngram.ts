import { forbid, type ScoreFilter } from "./filter.js";

/** Forbid tokens that would complete a sequence of `size` tokens for the second time. */
export function noRepeatNgram(size: number): ScoreFilter {
  return (scores, { ids }) => forbid(scores, successors(ids, ids, size));
}

/** Forbid tokens that would complete a sequence of `size` tokens of the source. */
export function noSourceNgram(size: number): ScoreFilter {
  return (scores, { ids, source }) => forbid(scores, successors(source, ids, size));
}

/** What follows in `text` wherever the last `size - 1` ids stand: `successors([1, 2, 1, 3], [1], 2)` is `[2, 3]`. */
function* successors(text: readonly number[], ids: readonly number[], size: number): Generator<number> {
  const start = ids.length - size + 1;
  if (start < 0) return;
  for (let at = 0; at + size <= text.length; at++) {
    let same = 0;
    while (same < size - 1 && text[at + same] === ids[start + same]) same++;
    if (same === size - 1) yield text[at + size - 1]!;
  }
}
