import type { Random } from "../../base/index.js";
import { forwardWeights, type UnigramLattice } from "./unigram-lattice.js";

/**
 * Draw one way to cut a text, with probability in proportion to `exp(score / temperature)`: weights are summed
 * from the start of the text, then nodes drawn from its end (forward filtering, backward sampling;
 * https://arxiv.org/abs/1804.10959). Node numbers, first to last.
 */
export function sampleUnigramPath(lattice: UnigramLattice, random: Random, temperature: number): number[] {
  const { length, starts, scores, endingNodes, endingFrom } = lattice;
  const inverse = 1 / temperature;
  const before = forwardWeights(lattice, inverse);
  const nodes: number[] = [];
  for (let at = length; at > 0; at = starts[nodes.at(-1)!]!) {
    let left = random.uniform();
    let chosen = -1;
    for (let k = endingFrom[at]!; k < endingFrom[at + 1]! && left >= 0; k++) {
      chosen = endingNodes[k]!;
      left -= Math.exp(before[starts[chosen]!]! + inverse * scores[chosen]! - before[at]!);
    }
    nodes.push(chosen);
  }
  return nodes.reverse();
}
