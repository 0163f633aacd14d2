import { FileError } from "../base/errors.js";
import { describeJson, type JsonObject } from "../base/json.js";
import { nearest } from "../base/names.js";
import { albert } from "./albert.js";
import { bagOfWords } from "./bag-of-words.js";
import { bart } from "./bart.js";
import { bert } from "./bert.js";
import { biLm } from "./bi-lm.js";
import { biLstm } from "./bi-lstm.js";
import { deberta } from "./deberta.js";
import { debertaV2 } from "./deberta-v2.js";
import { distilBert } from "./distilbert.js";
import { dprContextEncoder, dprQuestionEncoder, dprReader } from "./dpr.js";
import { electra } from "./electra.js";
import { encoderDecoderPair } from "./encoder-decoder-pair.js";
import { gpt } from "./gpt.js";
import { gpt2 } from "./gpt2.js";
import type { Head } from "./head.js";
import { llama } from "./llama.js";
import { lstmEncoderDecoder } from "./lstm-encoder-decoder.js";
import { lstmLm } from "./lstm-lm.js";
import { marian } from "./marian.js";
import { mbart } from "./mbart.js";
import { mistral } from "./mistral.js";
import type { Architecture } from "./model.js";
import { modernBert } from "./modernbert.js";
import { pegasus } from "./pegasus.js";
import { qwen2 } from "./qwen2.js";
import { camembert, roberta, xlmRoberta } from "./roberta.js";
import { mt5, t5 } from "./t5.js";
import { transformer } from "./transformer.js";
import { xlnet } from "./xlnet.js";

export { changedOutputs } from "./changed-outputs.js";
export {
  type Decoder,
  type DecoderStep,
  type SourceHalves,
  type StateSlot,
  type StepInputs,
  stepInputs,
} from "./decoder.js";
export type { Head } from "./head.js";
export { type ModelInputs, modelInputs, type Packing, packedInputs } from "./inputs.js";
export { emptyMemory, remember } from "./memory.js";
export type { Architecture, EncoderOutputs, MemorySettings, ModelOutputs, Network } from "./model.js";
export { besidePrefix, isBeside } from "./names.js";

const families: readonly Architecture[] = [
  albert,
  bagOfWords,
  bart,
  bert,
  biLm,
  biLstm,
  camembert,
  deberta,
  debertaV2,
  distilBert,
  dprContextEncoder,
  dprQuestionEncoder,
  dprReader,
  electra,
  gpt,
  gpt2,
  llama,
  lstmEncoderDecoder,
  lstmLm,
  marian,
  mbart,
  mistral,
  modernBert,
  mt5,
  pegasus,
  qwen2,
  roberta,
  t5,
  transformer,
  xlmRoberta,
  xlnet,
];

/** Every architecture. Several may have one `model_type`; then the classes they are saved as tell them apart. */
export const architectures: readonly Architecture[] = [...families, encoderDecoderPair(families)];

/** The architecture that a config.json names. */
export function architectureOf(config: JsonObject, place: string): Architecture {
  const modelType = config["model_type"];
  const named = architectures.filter((architecture) => architecture.modelType === modelType);
  const found = named.find((architecture) => headOf(architecture, config) !== undefined) ?? named[0];
  if (found !== undefined) return found.composed?.(config, place) ?? found;
  const known = [...new Set(architectures.map((architecture) => architecture.modelType))];
  const near = typeof modelType === "string" ? nearest(modelType, known) : undefined;
  throw new FileError(
    place,
    `model_type: expected one of ${known.join(", ")}, got ${describeJson(modelType)}`,
    {
      hint: near === undefined ? "this architecture is not there yet" : `did you mean ${near}?`,
    },
  );
}

/** The head that `architectures` in a config.json names; undefined where it names none that we know. */
export function headOf(architecture: Architecture, config: JsonObject): Head | undefined {
  const names = config["architectures"];
  if (!Array.isArray(names)) return undefined;
  for (const [head, className] of architecture.classNames) if (names.includes(className)) return head;
  return undefined;
}

export { foreignWeights, type MatchedWeights, matchWeights } from "./weights.js";
