/** What decides how long rows of packed texts are. */
export interface PackingLimits {
  /** The longest row, in tokens; a text that is longer has a row of its own. */
  readonly maxLength: number;
  /** The size of the model's hidden states. */
  readonly hiddenSize: number;
}

/**
 * Put texts into rows of `rowLength` tokens: the longest first, each where the least room is left that holds it. Rows
 * and the texts in them come in the order in which they were filled. Texts of 5, 3, 3 and 2 tokens in rows of 8 are
 * `[[0, 1], [2, 3]]`.
 */
export function packRows(lengths: ArrayLike<number>, rowLength: number): number[][] {
  const order = Array.from({ length: lengths.length }, (_, text) => text);
  order.sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const rows: number[][] = [];
  const withRoom: number[][] = Array.from({ length: rowLength + 1 }, () => []); // numbers of rows, by the room left
  for (const text of order) {
    const length = lengths[text]!;
    let room = length;
    while (room <= rowLength && withRoom[room]!.length === 0) room++;
    const row = room <= rowLength ? withRoom[room]!.pop()! : rows.push([]) - 1;
    rows[row]!.push(text);
    withRoom[Math.max(0, Math.min(room, rowLength) - length)]!.push(row);
  }
  return rows;
}

/**
 * The length of rows that costs least for some texts: longer rows leave less padding, but each token's attention goes
 * over its whole row. In units of the hidden size H, the products of a layer cost a token about 24 H, and its scores
 * with their softmax about 5 for each token of the row.
 */
export function rowLengthFor(lengths: ArrayLike<number>, { maxLength, hiddenSize }: PackingLimits): number {
  const longest = longestOf(lengths);
  let best = { rowLength: longest, cost: Infinity };
  for (let tried = longest; ; tried += rowStep) {
    const rowLength = Math.min(tried, Math.max(longest, maxLength));
    const rows = packRows(lengths, rowLength);
    const width = widthOf(lengths, rows);
    const cost = rows.length * width * (24 * hiddenSize + 5 * width);
    if (cost < best.cost) best = { rowLength, cost };
    if (rowLength < tried || rowLength === maxLength || rows.length <= 1) return best.rowLength;
  }
}

/** By how many tokens the lengths that are tried differ. */
const rowStep = 32;

/** The tokens of the fullest row. */
export function widthOf(lengths: ArrayLike<number>, rows: readonly (readonly number[])[]): number {
  return rows.reduce(
    (widest, row) =>
      Math.max(
        widest,
        row.reduce((sum, text) => sum + lengths[text]!, 0),
      ),
    0,
  );
}

/** Batches of whole rows, as many a batch as are computed together; texts come in the order of their rows. */
export function packedBatches(
  lengths: ArrayLike<number>,
  rowLength: number,
  rowCount: number,
): Uint32Array[] {
  const rows = packRows(lengths, rowLength);
  return Array.from({ length: Math.ceil(rows.length / rowCount) }, (_, batch) =>
    Uint32Array.from(rows.slice(batch * rowCount, (batch + 1) * rowCount).flat()),
  );
}

function longestOf(lengths: ArrayLike<number>): number {
  let longest = 0;
  for (let i = 0; i < lengths.length; i++) longest = Math.max(longest, lengths[i]!);
  return longest;
}
