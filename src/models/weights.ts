import { FileError, internal, type Random, sizeOf, type Tensor } from "../base/index.js";
import { type Initial, isFixed, nameOf, type Value } from "../engine/index.js";
import type { Head } from "./head.js";
import type { Architecture } from "./model.js";
import { isBeside } from "./names.js";

/** Weights for the parameters of a graph, under our names. */
export interface MatchedWeights {
  readonly weights: ReadonlyMap<string, Tensor<"float32">>;
  /** Parameters that the checkpoint does not have: they start as the graph says. Our names. */
  readonly newParameters: readonly string[];
  /** What the checkpoint has and the graph does not use (another head, say). Names of the checkpoint. */
  readonly unusedWeights: readonly string[];
}

/**
 * Find each parameter's weights in a checkpoint. A head whose size differs (other labels) starts anew; anywhere
 * else another size is an error.
 */
export function matchWeights(
  architecture: Architecture,
  parameters: readonly Value[],
  checkpoint: ReadonlyMap<string, Tensor>,
  random: Random,
  place: string,
): MatchedWeights {
  const { names } = architecture;
  const parameterNames = new Set(parameters.map(nameOf));
  const byOwnName = new Map<string, readonly [foreign: string, tensor: Tensor]>();
  const copies: [own: string, foreign: string, tensor: Tensor][] = [];
  for (const [foreign, tensor] of checkpoint) {
    const own = names.own(foreign);
    const tied = names.tied(foreign).find((name) => parameterNames.has(name));
    if (own !== undefined && parameterNames.has(own)) byOwnName.set(own, [foreign, tensor]);
    else if (tied !== undefined) copies.push([tied, foreign, tensor]);
  }
  for (const [own, foreign, tensor] of copies) {
    const [first, known] = byOwnName.get(own) ?? [foreign, tensor];
    if (!sameNumbers(known, tensor))
      throw new FileError(
        place,
        `${foreign}: expected the numbers of ${first}, which it is tied to, got others`,
        {
          hint: "config.json says that both are one array; if they are two, put tie_word_embeddings: false there",
        },
      );
    byOwnName.set(own, [first, known]);
  }
  const weights = new Map<string, Tensor<"float32">>();
  const newParameters: string[] = [];
  const used = new Set<string>(copies.map(([, foreign]) => foreign));
  for (const parameter of parameters) {
    const name = nameOf(parameter);
    const [foreign, tensor] = byOwnName.get(name) ?? [];
    if (foreign !== undefined && tensor !== undefined && tensor.shape.join() === parameter.shape.join()) {
      if (tensor.dtype !== "float32")
        throw new FileError(place, `${foreign}: expected floating-point weights, got ${tensor.dtype}`);
      weights.set(name, tensor as Tensor<"float32">);
      used.add(foreign);
    } else if (tensor === undefined || names.isHead(name)) {
      weights.set(name, initialWeights(parameter, random));
      if (!isFixed(parameter)) newParameters.push(name);
    } else
      throw new FileError(
        place,
        `${foreign}: expected [${parameter.shape.join(", ")}], as config.json says, got [${tensor.shape.join(", ")}]`,
        {
          hint: "config.json and the weights are not of one model",
        },
      );
  }
  const isCopy = (tensor: Tensor): boolean =>
    [...used].some((name) => sameNumbers(checkpoint.get(name)!, tensor)); // an output matrix that is tied, say
  const unusedWeights = [...checkpoint]
    .filter(([name, tensor]) => !used.has(name) && !isBuffer(name) && !isCopy(tensor))
    .map(([name]) => name);
  return { weights, newParameters, unusedWeights };
}

/** Weights under the names of published checkpoints, without those of parameters beside the model. */
export function foreignWeights(
  architecture: Architecture,
  head: Head,
  weights: ReadonlyMap<string, Tensor>,
): Map<string, Tensor> {
  const own = [...weights].filter(([name]) => !isBeside(name));
  return new Map(own.map(([name, tensor]) => [architecture.names.foreign(name, head), tensor]));
}

function sameNumbers(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  return a.shape.join() === b.shape.join() && a.data.every((value, i) => value === b.data[i]);
}

/** What a parameter holds before any training. Each draws from its own stream, so that order does not matter. */
function initialWeights(parameter: Value, random: Random): Tensor<"float32"> {
  const { source } = parameter;
  if (source.kind !== "parameter") throw internal("only parameters have initial weights");
  const shape = parameter.shape as readonly number[];
  const data = new Float32Array(sizeOf(shape));
  fill(data, source.initial, random.fork(source.name));
  return { dtype: "float32", shape, data };
}

function fill(data: Float32Array, initial: Initial, random: Random): void {
  if (initial.kind === "fill") data.fill(initial.value);
  else if (initial.kind === "uniform")
    for (let i = 0; i < data.length; i++) data[i] = (2 * random.uniform() - 1) * initial.limit;
  else for (let i = 0; i < data.length; i++) data[i] = random.normal(0, initial.deviation);
}

/** Arrays that checkpoints carry and nothing learns, positions by a formula among them. */
function isBuffer(name: string): boolean {
  const names =
    "position_ids|token_type_ids|attn\\.bias|attn\\.masked_bias|inv_freq|embed_positions\\.weight";
  return new RegExp(`(^|\\.)(${names})$`).test(name);
}
