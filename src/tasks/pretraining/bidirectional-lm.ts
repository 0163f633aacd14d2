// Language modelling from both sides (Peters et al. 2018, https://arxiv.org/abs/1802.05365): rows of running text, each
// token guessed from those before it, and again from those after it.
import { perplexity } from "../../metrics/index.js";
import { bidirectionalLmFeeds, bidirectionalLmLoss, bidirectionalLmLosses } from "../../objectives/index.js";
import type { TaskItem } from "../task.js";
import { frameStretch, type RowFrame } from "./framed-row.js";
import type { Objective } from "./objective.js";

/** How well the tokens of a row were guessed, those of both sides together. */
export interface BothSidesLikelihood {
  /** The negative logarithm of the probability of all guesses. */
  readonly nats: number;
  readonly guessCount: number;
}

export const bidirectionalLm: Objective<TaskItem, BothSidesLikelihood> = {
  name: "bidirectional-lm",
  defaults: { maxLength: 128, batchSize: 32, learningRate: 1e-3 },
  heads: ["bidirectional-lm"],
  reads: [],
  open({ tokenizer, rows: { maxLength, endId } }) {
    const between = endId === undefined ? [] : [endId];
    const frame: RowFrame = { before: [], beforeRest: [], between, after: [] };
    return {
      head: "bidirectional-lm",
      labelCount: 0,
      description: "bidirectional-lm",
      primaryMetric: { name: "perplexity", greaterIsBetter: false },
      rowLength: maxLength,
      encode: (stretches) =>
        stretches.map((stretch, example) => {
          const { ids, truncatedCount } = frameStretch(stretch, frame, maxLength);
          const unknownCount = ids.reduce((count, id) => count + Number(id === tokenizer.unknownId), 0);
          const typeIds = new Int32Array(ids.length);
          return { example, encoding: { ids, typeIds, truncatedCount, unknownCount } };
        }),
      loss: bidirectionalLmLoss,
      evaluated: bidirectionalLmLosses,
      weightOf: (items) => items.reduce((count, item) => count + guessesOfSide(item), 0),
      targets: (items, length, totalWeight) =>
        bidirectionalLmFeeds(
          items.map(({ encoding }) => encoding.ids),
          length,
          totalWeight,
        ),
      readOutputs(items, outputs) {
        const [next, previous] = ["nextLosses", "previousLosses"].map(
          (name) => outputs.get(name)!.data as Float32Array,
        );
        const length = next!.length / items.length;
        return items.map((item, row) => {
          const [start, count] = [row * length, guessesOfSide(item)];
          // the last token has none after it, the first none before it
          const sides = [
            next!.subarray(start, start + count),
            previous!.subarray(start + 1, start + 1 + count),
          ];
          return { losses: Float32Array.from(sides.flatMap((side) => [...side])) };
        });
      },
      decide: (_, __, outputs) =>
        outputs.map(({ losses }) => ({
          nats: losses!.reduce((a, b) => a + b, 0),
          guessCount: losses!.length,
        })),
      evaluate(_, predictions) {
        const total = (key: keyof BothSidesLikelihood): number =>
          predictions.reduce((sum, prediction) => sum + prediction[key], 0);
        return {
          metrics: { perplexity: perplexity(total("nats"), total("guessCount")) },
          classes: [],
          exampleCount: predictions.length,
        };
      },
    };
  },
};

/** How many tokens of a row one side guesses: all but the one it begins with. */
function guessesOfSide({ encoding }: TaskItem): number {
  return Math.max(0, encoding.ids.length - 1);
}
