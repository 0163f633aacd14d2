import { OptionError } from "../base/index.js";
import type { ParameterRule } from "../training/parameter-groups.js";
import { checkpointName } from "./adapter.js";
import type { OpenModel } from "./open-model.js";
import type { FineTuneOptions } from "./options-fine-tune.js";

/** The options that say which parameters move, and how fast. */
export type ParameterOptions = Pick<FineTuneOptions, "freeze" | "freezeLayers" | "layerRateDecay">;

/**
 * How each parameter is trained: which stay as they are, and the share of the learning rate that its layer has. With
 * a layer-wise decay d the head learns at the full rate, the top layer at d, the one below at d^2, and so on down to
 * the embeddings (Howard and Ruder 2018, https://arxiv.org/abs/1801.06146). `names` are all parameters there are;
 * those for which `isTrained` is false stay as they are in any case.
 */
export function parameterRules(
  { freeze = [], freezeLayers, layerRateDecay = 1 }: ParameterOptions,
  { architecture, network }: Pick<OpenModel, "architecture" | "network">,
  names: readonly string[],
  isTrained: (name: string) => boolean = () => true,
): (name: string) => ParameterRule {
  const { layerCount, encoderLayerCount = 0 } = network;
  const spellings = (name: string): string[] => [name, checkpointName(name, architecture)];
  const patterns = freeze.map((pattern) => ({ pattern, expression: wildcard(pattern) }));
  for (const { pattern, expression } of patterns)
    if (!names.some((name) => spellings(name).some((spelling) => expression.test(spelling))))
      throw new OptionError(`--freeze ${pattern}: expected a name of parameters, and none is called so`, {
        hint: `names are such as ${spellings(names[0]!)[1]}; * stands for anything`,
      });
  const depth = (name: string): number => {
    if (architecture.names.isHead(name)) return layerCount + 1;
    const isDecoder = encoderLayerCount > 0 && name.startsWith("decoder."); // its layers come above the encoder's
    const below = isDecoder ? encoderLayerCount : 0;
    const layer = /(?:^|\.)layers\.(\d+)\./.exec(name)?.[1];
    if (layer !== undefined) return below + Number(layer) + 1;
    if (/(^|\.)embeddings\./.test(name)) return 0;
    if (/\.(positions|embeddingNorm)\./.test(name)) return isDecoder ? below + 1 : 0;
    // a pooler or last norm goes with the top layer of its side
    return encoderLayerCount > 0 && name.startsWith("encoder.") ? encoderLayerCount : layerCount;
  };
  const frozenDepth = freezeLayers === "all" ? layerCount : (freezeLayers ?? -1);
  return (name) => ({
    frozen:
      !isTrained(name) ||
      depth(name) <= frozenDepth ||
      patterns.some(({ expression }) => spellings(name).some((spelling) => expression.test(spelling))),
    rateShare: layerRateDecay ** (layerCount + 1 - depth(name)),
  });
}

/** `*` stands for anything; a pattern without one also names everything below it: `bert.embeddings`. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(pattern.includes("*") ? `^${source}$` : `^${source}(\\.|$)`);
}
