import { int64 } from "../base/index.js";
import {
  add,
  addOneHot,
  broadcast,
  cast,
  constant,
  cumulativeSum,
  equal,
  gather,
  greater,
  logSumExp,
  multiply,
  multiplyDimensions,
  parameter,
  reshape,
  scalar,
  scan,
  sizeAt,
  slice,
  subtract,
  subtractDimensions,
  sum,
  transpose,
  type Value,
  where,
} from "../engine/index.js";

/** How likely tags are to begin, to follow each other and to end: parameters `<name>.start`, `.transitions`, `.end`. */
interface Chain {
  readonly start: Value; // [tags]
  readonly transitions: Value; // [from, to]
  readonly end: Value; // [tags]
}

function chainParameters(name: string, tagCount: number): Chain {
  const make = (part: string, shape: readonly number[]): Value =>
    parameter(`${name}.${part}`, shape, { kind: "uniform", limit: 0.1 });
  return {
    start: make("start", [tagCount]),
    transitions: make("transitions", [tagCount, tagCount]),
    end: make("end", [tagCount]),
  };
}

/**
 * The log-likelihood of the tags of each text under a linear-chain conditional random field (Lafferty et al. 2001;
 * over recurrent layers Huang et al. 2015, https://arxiv.org/abs/1508.01991): scores of tags `[batch, length, tags]`,
 * tags and a mask of tokens `[batch, length]`, padding behind, give `[batch]`.
 */
export function chainLogLikelihood(scores: Value, tags: Value, mask: Value, name: string): Value {
  const chain = chainParameters(name, sizeAt(scores, 2) as number);
  return subtract(pathScore(scores, tags, mask, chain), logPartition(scores, mask, chain));
}

/** The score of one path: its tags', and those of beginning, of each step and of ending. */
function pathScore(scores: Value, tags: Value, mask: Value, { start, transitions, end }: Chain): Value {
  const [batch, length, tagCount] = [sizeAt(scores, 0), sizeAt(scores, 1), sizeAt(scores, 2) as number];
  const kept = cast(mask, "float32"); // [batch, length]
  const items = multiplyDimensions(batch, length);
  const zeros = broadcast(scalar(0), [items, tagCount]);
  const chosen = reshape(addOneHot(zeros, reshape(tags, [items]), 1), scores.shape);
  const own = reshape(sum(multiply(scores, chosen), [2]), [batch, length]);

  const before = slice(tags, 1, 0, subtractDimensions(length, 1));
  const after = slice(tags, 1, 1, length);
  const pairs = add(multiply(before, constant(int64([], [tagCount]))), after); // [batch, length - 1]
  const steps = multiply(
    gather(reshape(transitions, [tagCount * tagCount]), pairs),
    slice(kept, 1, 1, length),
  );
  const isLast = multiply(cast(equal(cumulativeSum(mask, 1), sum(mask, [1])), "float32"), kept);
  const ends = multiply(gather(end, tags), isLast);
  const first = reshape(gather(start, slice(tags, 1, 0, 1)), [batch]);
  const total = (x: Value): Value => reshape(sum(x, [1]), [batch]);
  return [total(multiply(own, kept)), total(steps), total(ends)].reduce(add, first);
}

/** The logarithm of the sum of all paths' exponentiated scores, by the forward algorithm: `[batch]`. */
function logPartition(scores: Value, mask: Value, { start, transitions, end }: Chain): Value {
  const [batch, length, tagCount] = [sizeAt(scores, 0), sizeAt(scores, 1), sizeAt(scores, 2) as number];
  const byStep = transpose(scores, [1, 0, 2]); // [length, batch, tags]
  // the first token is where the sums begin, so its step leaves them as they are; so does padding
  const number = multiply(cast(cumulativeSum(mask, 1), "float32"), cast(mask, "float32"));
  const goesOn = reshape(transpose(greater(number, scalar(1)), [1, 0]), [length, batch, 1]);
  const first = add(reshape(slice(byStep, 0, 0, 1), [batch, tagCount]), start);
  const into = transpose(transitions, [1, 0]); // [to, from]
  const { states } = scan([first], [byStep, goesOn], ([sums], [own, isLater]) => {
    const arriving = logSumExp(add(reshape(sums!, [batch, 1, tagCount]), into)); // [batch, to, 1]
    const next = add(reshape(arriving, [batch, tagCount]), own!);
    return { states: [where(isLater!, next, sums!)], outputs: [] };
  });
  return reshape(logSumExp(add(states[0]!, end)), [batch]);
}

/** The parameters of a chain as outputs of a graph: what `likeliestTags` needs beside the scores. */
export function chainOutputs(name: string, tagCount: number): Record<keyof ChainNumbers, Value> {
  const { start, transitions, end } = chainParameters(name, tagCount);
  return { start: multiply(start, 1), transitions: multiply(transitions, 1), end: multiply(end, 1) };
}

/** The numbers of a chain, as they are once learnt: `[tags]`, `[from, to]` and `[tags]`. */
export interface ChainNumbers {
  readonly start: ArrayLike<number>;
  readonly transitions: ArrayLike<number>;
  readonly end: ArrayLike<number>;
}

/** The likeliest tags of a text (Viterbi's algorithm) and their score; `scores` are `[length, tags]`. */
export function likeliestTags(
  scores: ArrayLike<number>,
  tagCount: number,
  { start, transitions, end }: ChainNumbers,
): { readonly tags: readonly number[]; readonly score: number } {
  const length = scores.length / tagCount;
  const all = Array.from({ length: tagCount }, (_, tag) => tag);
  const best = (sumOf: (tag: number) => number): number =>
    all.reduce((a, b) => (sumOf(b) > sumOf(a) ? b : a));
  let sums = all.map((tag) => start[tag]! + scores[tag]!);
  const origins: number[][] = []; // of each later token and tag: the tag before
  for (let i = 1; i < length; i++) {
    const arriving = (from: number, to: number): number => sums[from]! + transitions[from * tagCount + to]!;
    const from = all.map((to) => best((tag) => arriving(tag, to)));
    sums = all.map((to) => arriving(from[to]!, to) + scores[i * tagCount + to]!);
    origins.push(from);
  }
  const last = best((tag) => sums[tag]! + end[tag]!);
  const tags = [last];
  for (const from of origins.reverse()) tags.unshift(from[tags[0]!]!);
  return { tags, score: sums[last]! + end[last]! };
}

/**
 * How probable each tag of each token is over all paths, by the forward-backward algorithm (Rabiner 1989,
 * https://doi.org/10.1109/5.18626): `[length, tags]` for scores of that shape. A score of -Infinity rules out.
 */
export function tagProbabilities(
  scores: ArrayLike<number>,
  tagCount: number,
  { start, transitions, end }: ChainNumbers,
): Float64Array {
  const length = scores.length / tagCount;
  const all = Array.from({ length: tagCount }, (_, tag) => tag);
  const own = (i: number, tag: number): number => scores[i * tagCount + tag]!;
  const between = (from: number, to: number): number => transitions[from * tagCount + to]!;
  const before: number[][] = []; // of each token and tag: the sum of all paths up to and with it, as a logarithm
  const after: number[][] = []; // of all paths behind it
  for (let i = 0; i < length; i++)
    before[i] = all.map(
      (to) =>
        own(i, to) +
        (i === 0 ? start[to]! : logSumOf(all.map((from) => before[i - 1]![from]! + between(from, to)))),
    );
  for (let i = length - 1; i >= 0; i--)
    after[i] = all.map((from) =>
      i === length - 1
        ? end[from]!
        : logSumOf(all.map((to) => between(from, to) + own(i + 1, to) + after[i + 1]![to]!)),
    );
  const probabilities = new Float64Array(scores.length);
  for (let i = 0; i < length; i++) {
    const sums = all.map((tag) => before[i]![tag]! + after[i]![tag]!);
    const total = logSumOf(sums);
    for (const tag of all) probabilities[i * tagCount + tag] = Math.exp(sums[tag]! - total);
  }
  return probabilities;
}

function logSumOf(values: readonly number[]): number {
  const largest = Math.max(...values);
  if (largest === -Infinity) return largest;
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
