import { OptionError } from "../../base/index.js";
import { input, isFixed, nameOf, parameter, replaceParameters, type Value } from "../../engine/index.js";
import { besidePrefix, type Network } from "../../models/index.js";
import type { Companion } from "./objective.js";

/** A model with a smaller one beside it that fills in hidden tokens; both read the same embeddings. */
export interface WithGenerator {
  /** The heads of the model, and `generatorLogits` `[predicted, vocabulary]` from the ids `hiddenIds`. */
  readonly network: Network;
  readonly companion: Companion;
}

const prefix = `${besidePrefix}generator.`;

/** Put a generator beside a model, its layers narrower by a share (ELECTRA, section 3.2: embeddings are tied). */
export function withGenerator(network: Network, share: number): WithGenerator {
  const smaller = network.generator?.(share);
  if (smaller === undefined)
    throw new OptionError(
      `replaced-tokens: expected an architecture that has a generator, got ${network.description}`,
    );
  return {
    network: {
      ...network,
      build(head, labelCount, inputs, mode) {
        const own = network.build(head, labelCount, inputs, mode);
        const hiddenIds = input("hiddenIds", inputs.ids.shape, "int64");
        const guessed = smaller.network.build("masked-lm", 0, { ...inputs, ids: hiddenIds }, mode);
        const values = new Map<string, Value>([
          ["logits", guessed.heads.get("logits")!],
          ...guessed.boundaries.map((value, i) => [`boundary:${i}`, value] as const),
        ]);
        const beside = replaceParameters(values, renamed);
        return {
          ...own,
          heads: new Map([...own.heads, ["generatorLogits", beside.get("logits")!]]),
          boundaries: [...guessed.boundaries.map((_, i) => beside.get(`boundary:${i}`)!), ...own.boundaries],
        };
      },
    },
    companion: {
      folder: "generator",
      head: "masked-lm",
      config: smaller.config,
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

function renamed(value: Value): Value {
  const { source } = value;
  if (source.kind !== "parameter" || isFixed(value) || isShared(nameOf(value))) return value;
  return parameter(`${prefix}${source.name}`, value.shape as readonly number[], source.initial);
}
