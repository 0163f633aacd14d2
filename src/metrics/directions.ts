import { nearest, OptionError } from "../base/index.js";
import { accuracy } from "./accuracy.js";
import { averagePrecision } from "./average-precision.js";
import { balancedAccuracy } from "./balanced-accuracy.js";
import { kendall, pearson, spearman } from "./correlation.js";
import { f1, macroF1, macroPrecision, macroRecall, microF1, precision, recall, weightedF1 } from "./f1.js";
import { kappa } from "./kappa.js";
import { logLoss } from "./log-loss.js";
import { matthews } from "./matthews.js";
import { hammingLoss, samplesF1, samplesJaccard, subsetAccuracy } from "./multi-label.js";
import { meanAbsoluteError, meanSquaredError, rSquared } from "./number-error.js";
import { rocAuc } from "./roc-auc.js";

const declared = [
  ...[accuracy, averagePrecision, balancedAccuracy, f1, hammingLoss, kappa, kendall, logLoss, macroF1],
  ...[
    macroPrecision,
    macroRecall,
    matthews,
    meanAbsoluteError,
    meanSquaredError,
    microF1,
    pearson,
    precision,
  ],
  ...[recall, rocAuc, rSquared, samplesF1, samplesJaccard, spearman, subsetAccuracy, weightedF1],
];

/** For each name that a run may report: whether greater is better. */
const directions: ReadonlyMap<string, boolean> = new Map([
  ...declared.map((metric): [string, boolean] => [metric.name, metric.greaterIsBetter]),
  ["loss", false],
  ["exact_match", true],
  ["combined_score", true],
  ["perplexity", false],
  ...["bleu", "chrf", "rouge1", "rouge2", "rougeL", "rougeLsum"].map((name): [string, boolean] => [
    name,
    true,
  ]),
  ["ter", false],
  ["bits_per_byte", false],
  ["bits_per_character", false],
]);

/** Whether a greater value of the named metric is better; `eval_` before the name is allowed, as Python's scripts write it. */
export function greaterIsBetter(name: string): boolean {
  const bare = name.replace(/^(eval|train|test)_/, "");
  const direction = directions.get(bare);
  if (direction !== undefined) return direction;
  const near = nearest(bare, directions.keys());
  throw new OptionError(`metric "${name}": expected one of ${[...directions.keys()].join(", ")}`, {
    hint: near === undefined ? "name one of these" : `did you mean "${near}"?`,
  });
}
