import type { Encoding } from "./encoding.js";

/** Encodings as a few large arrays, which go from thread to thread without a copy of each. */
export interface PackedEncodings {
  /** `fieldCount` numbers for each encoding; its further windows follow it, and they theirs. */
  readonly heads: Int32Array<ArrayBuffer>;
  /** `columnCount` columns for each encoding: ids, type ids, starts, ends, word ids, sequence ids. */
  readonly columns: Int32Array<ArrayBuffer>;
  /** Tokens that are written otherwise than in the vocabulary, by their place among all tokens. */
  readonly spellings: readonly (readonly [number, string])[];
}

const fieldCount = 4; // length, truncated, unknown, windows that follow
const columnCount = 6;

/** Pack encodings; `tokenOf` gives the token of an id. */
export function packEncodings(
  encodings: readonly Encoding[],
  tokenOf: (id: number) => string | undefined,
): PackedEncodings {
  const all: Encoding[] = [];
  const gather = (one: Encoding): void => {
    all.push(one);
    for (const window of one.overflow) gather(window);
  };
  for (const one of encodings) gather(one);
  const heads = new Int32Array(all.length * fieldCount);
  const columns = new Int32Array(all.reduce((sum, { ids }) => sum + ids.length, 0) * columnCount);
  const spellings: [number, string][] = [];
  let at = 0;
  all.forEach((one, i) => {
    const { ids, tokens, truncatedCount, unknownCount, overflow } = one;
    heads.set([ids.length, truncatedCount, unknownCount, overflow.length], i * fieldCount);
    for (let k = 0; k < ids.length; k++)
      if (tokens[k] !== tokenOf(ids[k]!)) spellings.push([at / columnCount + k, tokens[k]!]);
    for (const column of [ids, one.typeIds, one.starts, one.ends, one.wordIds, one.sequenceIds]) {
      columns.set(column, at);
      at += column.length;
    }
  });
  return { heads, columns, spellings };
}

/** The encodings that were packed; their arrays are parts of the packed ones. */
export function unpackEncodings(
  { heads, columns, spellings }: PackedEncodings,
  tokenOf: (id: number) => string | undefined,
): Encoding[] {
  let [head, at, spelling] = [0, 0, 0];
  const next = (): Encoding => {
    const [length, truncatedCount, unknownCount, windowCount] = heads.subarray(head, head + fieldCount);
    head += fieldCount;
    const from = at;
    const column = (index: number): Int32Array =>
      columns.subarray(from + index * length!, from + (index + 1) * length!);
    const ids = column(0);
    const tokens: string[] = new Array(ids.length);
    for (let k = 0; k < ids.length; k++) tokens[k] = tokenOf(ids[k]!)!;
    at += columnCount * length!;
    for (; spelling < spellings.length && spellings[spelling]![0] < at / columnCount; spelling++)
      tokens[spellings[spelling]![0] - from / columnCount] = spellings[spelling]![1];
    return {
      ids,
      typeIds: column(1),
      tokens,
      starts: column(2),
      ends: column(3),
      wordIds: column(4),
      sequenceIds: column(5),
      truncatedCount: truncatedCount!,
      unknownCount: unknownCount!,
      overflow: Array.from({ length: windowCount! }, next),
    };
  };
  const encodings: Encoding[] = [];
  while (head < heads.length) encodings.push(next());
  return encodings;
}
