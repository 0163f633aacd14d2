import { OptionError } from "../base/index.js";
import {
  cutFrozen,
  type Dimension,
  inOrder,
  input,
  multiplyDimensions,
  nameOf,
  reshape,
  type Shape,
  type Value,
} from "../engine/index.js";
import type { AnyTrainingProblem } from "../tasks/task.js";
import type { OpenModel } from "./open-model.js";
import type { FilledFineTuneOptions } from "./options.js";
import { type ParameterOptions, parameterRules } from "./parameter-rules.js";
import type { ProblemGraphs } from "./session.js";

/** A value of the frozen part that is kept for each item: of the whole item, or of each of its tokens. */
export interface Feature {
  /** The input that stands in for it. */
  readonly name: string;
  /** How it is computed, without dropout. */
  readonly value: Value; // as `shape`, or with batch and sequence laid together: [batch*sequence, ...]
  readonly ofTokens: boolean;
  /** The sizes beyond batch and sequence. */
  readonly sizes: readonly number[];
}

/** The graphs of a problem of which the frozen part is computed apart, once for each item. */
interface FeatureGraphs {
  readonly graphs: ProblemGraphs;
  readonly features: readonly Feature[];
}

/** Cut the training graph at its frozen part, where that is asked for. */
export function withFeatures(
  options: Pick<FilledFineTuneOptions, "cacheFeatures" | "packing"> & ParameterOptions,
  model: OpenModel,
  problem: AnyTrainingProblem,
  graphs: ProblemGraphs,
): FeatureGraphs {
  if (!options.cacheFeatures) return { graphs, features: [] };
  if (options.packing)
    throw new OptionError("--cache-features: expected rows of one text each, got --packing", {
      hint: "leave out one of them",
    });
  const rules = parameterRules(options, model, graphs.parameters.map(nameOf));
  return cutFeatures(graphs, (name) => rules(name).frozen === true, problem);
}

/** The graph that computes features, by the key it is prepared under; none where there are none. */
export function featureForwards(
  features: readonly Feature[],
): ReadonlyMap<string, ReadonlyMap<string, Value>> {
  if (features.length === 0) return new Map();
  return new Map([[featureKey, new Map(features.map(({ name, value }) => [name, value]))]]);
}

export const featureKey = "features";

/** An error where nothing is frozen below what is trained, or where that gives no array an item. */
function cutFeatures(
  graphs: ProblemGraphs,
  isFrozen: (name: string) => boolean,
  problem: AnyTrainingProblem,
): FeatureGraphs {
  if (problem.redraw !== undefined || graphs.trainingState.length > 0 || graphs.adapted.length > 0)
    throw new OptionError(
      `--cache-features: expected texts that the frozen part reads alike in each epoch, got ${problem.description}`,
      { hint: "masked texts, running texts and --lora-rank cannot have it" },
    );
  const found: Omit<Feature, "value">[] = [];
  const standIn = ({ shape }: Value, number: number): Value => {
    const feature = { name: `feature.${number}`, ...layoutOf(shape) };
    found.push(feature);
    const axes = feature.ofTokens ? ["batch", "sequence"] : ["batch"];
    return reshape(input(feature.name, [...axes, ...feature.sizes]), shape);
  };
  const values = new Map([
    ["loss", graphs.trainingLoss],
    ...graphs.boundaries.map((value, i) => [`boundary:${i}`, value] as const),
  ]);
  const { outputs, features } = cutFrozen(values, isFrozen, standIn);
  if (features.length === 0)
    throw new OptionError("--cache-features: expected frozen layers below those that are trained, got none", {
      hint: "freeze them: --freeze-layers 6, or --freeze-layers all",
    });
  const trainingLoss = outputs.get("loss")!;
  const reached = new Set(inOrder([trainingLoss]));
  const boundaries = graphs.boundaries
    .map((_, i) => outputs.get(`boundary:${i}`)!)
    .filter(({ source }) => reached.has(source));
  return {
    graphs: { ...graphs, trainingLoss, boundaries },
    features: found.map((feature, i) => ({ ...feature, value: features[i]! })),
  };
}

const tokens: Dimension = multiplyDimensions("batch", "sequence");

/** What of a shape are items, tokens and sizes. */
function layoutOf(shape: Shape): Pick<Feature, "ofTokens" | "sizes"> {
  const [first, second, ...rest] = shape;
  const [ofTokens, sizes] =
    first === tokens
      ? [true, shape.slice(1)]
      : first === "batch" && second === "sequence"
        ? [true, rest]
        : [false, shape.slice(1)];
  if ((first === tokens || first === "batch") && sizes.every((size) => typeof size === "number"))
    return { ofTokens, sizes: sizes as number[] };
  throw new OptionError(
    `--cache-features: expected frozen layers that give an array a text or a token, got [${shape.join(", ")}]`,
    { hint: "leave out --cache-features" },
  );
}
