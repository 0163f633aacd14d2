/** The rank of each number, 1 the smallest; equal numbers share the mean of their ranks: `[3, 1, 3]` gives `[2.5, 1, 2.5]`. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort(
    (a, b) => values[a]! - values[b]!,
  );
  const out = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) out[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return out;
}
