import type { Random } from "../../base/index.js";
import { UnigramBestPath } from "./unigram-best-path.js";
import { forwardWeights, type UnigramLattice, unigramLattice } from "./unigram-lattice.js";
import { unigramNBest } from "./unigram-n-best.js";
import { sampleUnigramPath } from "./unigram-sample.js";
import type { UnigramTable } from "./unigram-table.js";

/** One way to cut a text: the piece ids and where each piece ends, in units of the text, first to last. */
export interface Segmentation {
  readonly ids: readonly number[];
  readonly ends: readonly number[];
  /** The log probability of this way: the sum of the pieces' scores. */
  readonly score: number;
}

/** What a unigram model can do with a normalised text besides finding its best tokens. */
export interface UnigramSegmenter {
  /** The `count` likeliest ways to cut the text, best first; fewer where the text has no more. */
  nBest(text: string, count: number): Segmentation[];
  /**
   * A random way to cut the text, drawn with probability in proportion to `exp(score / temperature)`. Default
   * temperature 1, at which the model's own probabilities hold; above it ways become equally likely, near 0
   * the best one is drawn. SentencePiece's alpha is `1 / temperature`.
   */
  sample(text: string, random: Random, options?: { temperature?: number }): Segmentation;
  /** The log of the summed probability of all ways to cut the text. */
  logLikelihood(text: string): number;
}

/** The searches over a table of pieces, and the best path, whose memory is reused. */
export function unigramSegmenter(
  table: UnigramTable,
): UnigramSegmenter & { readonly bestPath: UnigramBestPath } {
  const latticeOf = (text: string): UnigramLattice => unigramLattice(table, text, 0, text.length);
  const segmentation = (lattice: UnigramLattice, nodes: readonly number[], score: number): Segmentation => ({
    ids: nodes.map((node) => lattice.ids[node]!),
    ends: nodes.map((node) => lattice.ends[node]!),
    score,
  });
  return {
    bestPath: new UnigramBestPath(table),
    nBest(text, count) {
      const lattice = latticeOf(text);
      const paths = unigramNBest(lattice, count, table.precision === "single");
      return paths.map(({ nodes, score }) => segmentation(lattice, nodes, score));
    },
    sample(text, random, options = {}) {
      const lattice = latticeOf(text);
      const nodes = sampleUnigramPath(lattice, random, options.temperature ?? 1);
      const score = nodes.reduce((sum, node) => sum + lattice.scores[node]!, 0);
      return segmentation(lattice, nodes, score);
    },
    logLikelihood: (text) => forwardWeights(latticeOf(text), 1)[text.length]!,
  };
}
