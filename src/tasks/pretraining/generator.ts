import { OptionError } from "../../base/index.js";
import {
  input,
  isFixed,
  leaves,
  nameOf,
  parameter,
  replaceParameters,
  type Value,
} from "../../engine/index.js";
import { besidePrefix, type Network } from "../../models/index.js";
import type { Companion, Generator } from "./objective.js";

/** A model with a smaller one beside it that fills in hidden tokens; both read the same embeddings. */
export interface WithGenerator {
  /** The heads of the model, and `generatorLogits` `[predicted, vocabulary]` from the ids `hiddenIds`. */
  readonly network: Network;
  readonly companion: Companion;
}

const prefix = `${besidePrefix}generator.`;

/** Where in a model's folder its generator is. */
export const generatorFolder = "generator";

/** A generator whose layers are narrower than those of a model by a share. */
export function newGenerator(network: Network, share: number): Generator {
  const smaller = network.generator?.(share);
  if (smaller !== undefined) return smaller;
  throw new OptionError(
    `replaced-tokens: expected an architecture that has a generator, got ${network.description}`,
  );
}

/** Put a generator beside a model (ELECTRA, section 3.2: embeddings are tied). */
export function withGenerator(network: Network, generator: Generator): WithGenerator {
  return {
    network: {
      ...network,
      build(head, labelCount, inputs, mode) {
        const own = network.build(head, labelCount, inputs, mode);
        const hiddenIds = input("hiddenIds", inputs.ids.shape, "int64");
        const guessed = generator.network.build("masked-lm", 0, { ...inputs, ids: hiddenIds }, mode);
        const values = new Map<string, Value>([
          ["logits", guessed.heads.get("logits")!],
          ...guessed.boundaries.map((value, i) => [`boundary:${i}`, value] as const),
        ]);
        checkShared([...own.heads.values()], [...values.values()]);
        const beside = replaceParameters(values, renamed);
        return {
          ...own,
          heads: new Map([...own.heads, ["generatorLogits", beside.get("logits")!]]),
          boundaries: [...guessed.boundaries.map((_, i) => beside.get(`boundary:${i}`)!), ...own.boundaries],
        };
      },
    },
    companion: {
      folder: generatorFolder,
      head: "masked-lm",
      config: generator.config,
      besideName,
      weightsOf: (learnt) =>
        new Map(
          [...learnt].flatMap(([name, weights]) => {
            if (name.startsWith(prefix)) return [[name.slice(prefix.length), weights] as const];
            return isShared(name) ? [[name, weights] as const] : [];
          }),
        ),
    },
  };
}

/** All embeddings with their norm, but not what makes them as wide as the layers. */
function isShared(name: string): boolean {
  return name.startsWith("embeddings.") && !name.startsWith("embeddings.projection.");
}

function besideName(own: string): string {
  return isShared(own) ? own : `${prefix}${own}`;
}

function renamed(value: Value): Value {
  const { source } = value;
  if (source.kind !== "parameter" || isFixed(value) || isShared(nameOf(value))) return value;
  return parameter(besideName(source.name), value.shape as readonly number[], source.initial);
}

/** Refuse a generator of which the embeddings have other sizes than those of the model. */
function checkShared(own: readonly Value[], guessed: readonly Value[]): void {
  const shapes = new Map(leaves(own, "parameter").map((value) => [nameOf(value), value.shape.join(" x ")]));
  for (const value of leaves(guessed, "parameter")) {
    const [name, shape] = [nameOf(value), value.shape.join(" x ")];
    const expected = shapes.get(name);
    if (isShared(name) && expected !== undefined && expected !== shape)
      throw new OptionError(
        `replaced-tokens: expected a generator with the embeddings of the model (${name} of ${expected}), got ${shape}`,
        { hint: "--generator names the one that was trained with the model" },
      );
  }
}
