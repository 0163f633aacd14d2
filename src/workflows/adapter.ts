import { join } from "node:path";
import { type JsonObject, OptionError, type Tensor } from "../base/index.js";
import type { Value } from "../engine/index.js";
import { encodeSafetensors } from "../formats/safetensors.js";
import { writeDirectoryAtomically, writeFileAtomically } from "../hub/index.js";
import type { Architecture, Head } from "../models/index.js";
import {
  type AdaptedMatrix,
  adaptedName,
  type BuildMode,
  lowRankNames,
  mergeLowRank,
  withLowRank,
} from "../nn/index.js";
import type { OpenModel } from "./open-model.js";
import type { FineTuneOptions } from "./options-fine-tune.js";

/** The options of low-rank adaptation. */
export type AdapterOptions = Pick<FineTuneOptions, "loraRank" | "loraAlpha" | "loraDropout" | "loraTargets">;

/** Low-rank matrices beside those of a model: what they are, to be put into graphs, merged and saved. */
export interface Adapter {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  adapts(name: string): boolean;
}

/** The adapter that options ask for; undefined where all of the model is trained. */
export function adapterOf(
  { loraRank, loraAlpha, loraDropout = 0, loraTargets }: AdapterOptions,
  { names }: Architecture,
): Adapter | undefined {
  if (loraRank === undefined) return undefined;
  const isTarget = (name: string): boolean => {
    if (loraTargets === undefined) return /attention\.(query|value|input)\.weight$/i.test(name);
    const module = names.foreign(name).replace(/\.weight$/, "");
    return loraTargets.some(
      (target) => target === "all" || module === target || module.endsWith(`.${target}`),
    );
  };
  return {
    rank: loraRank,
    alpha: loraAlpha ?? 2 * loraRank,
    dropout: loraDropout,
    adapts: (name) => !names.isHead(name) && isTarget(name),
  };
}

/** Put the adapter into a graph; an adapter that fits no matrix is an error. */
export function adaptGraph(
  outputs: ReadonlyMap<string, Value>,
  { rank, alpha, dropout, adapts }: Adapter,
  mode: BuildMode,
): { readonly outputs: ReadonlyMap<string, Value>; readonly matrices: readonly AdaptedMatrix[] } {
  const adapted = withLowRank(outputs, { rank, scale: alpha / rank, dropoutRate: dropout, adapts }, mode);
  if (adapted.matrices.length > 0) return adapted;
  throw new OptionError(
    "--lora-targets: expected names of matrices in the model's layers, and none is called so",
    {
      hint: "names are as in the checkpoint, such as query,value or q_proj,v_proj; all takes every matrix",
    },
  );
}

/** Heads that an adapter's task begins anew, and that are trained in full beside it. */
const trainedHeads: ReadonlySet<Head> = new Set<Head>([
  "sequence-classification",
  "token-classification",
  "span-extraction",
  "multiple-choice",
]);

/** Whether a parameter is trained where the model has an adapter: its matrices, and a new head. */
export function isTrainedBesideAdapter(name: string, head: Head, { names }: Architecture): boolean {
  return adaptedName(name) !== undefined || (trainedHeads.has(head) && names.isHead(name));
}

/** The name in checkpoints of any parameter of a graph, those of an adapter included, as PEFT calls them. */
export function checkpointName(name: string, { names }: Architecture): string {
  const adapted = adaptedName(name);
  if (adapted === undefined) return names.foreign(name);
  return `${names.foreign(adapted).replace(/\.weight$/, "")}.lora_${name.endsWith(".a") ? "A" : "B"}.weight`;
}

/** The parameters of a model in training as those of a model like any other: an adapter, if there is one, merged. */
export async function mergedParameters(
  parameters: Promise<ReadonlyMap<string, Tensor<"float32">>>,
  adapter: Adapter | undefined,
  matrices: readonly AdaptedMatrix[],
): Promise<ReadonlyMap<string, Tensor<"float32">>> {
  return adapter === undefined ? parameters : mergeAdapter(await parameters, adapter, matrices);
}

/** The weights of the model as the adapter has made it, without the adapter's own matrices. */
export function mergeAdapter(
  weights: ReadonlyMap<string, Tensor<"float32">>,
  { rank, alpha }: Adapter,
  matrices: readonly AdaptedMatrix[],
): Map<string, Tensor<"float32">> {
  const merged = new Map([...weights].filter(([name]) => adaptedName(name) === undefined));
  for (const { name, isTransposed } of matrices) {
    const { a, b } = lowRankNames(name);
    const narrow = { a: weights.get(a)!, b: weights.get(b)! };
    merged.set(name, mergeLowRank(weights.get(name)!, narrow, alpha / rank, isTransposed));
  }
  return merged;
}

/** Write the adapter alone, with the head that was trained beside it, as Python's PEFT writes and reads it. */
export async function writeAdapter(
  directory: string,
  { name, architecture }: OpenModel,
  head: Head,
  weights: ReadonlyMap<string, Tensor<"float32">>,
  { rank, alpha, dropout }: Adapter,
  matrices: readonly AdaptedMatrix[],
): Promise<void> {
  const { names } = architecture;
  const own = [...weights].filter(([parameter]) => isTrainedBesideAdapter(parameter, head, architecture));
  const tensors = new Map(
    own.map(([parameter, tensor]) => [`base_model.model.${checkpointName(parameter, architecture)}`, tensor]),
  );
  const moduleOf = (parameter: string): string => names.foreign(parameter).replace(/\.[^.]+$/, "");
  const heads = own.filter(([parameter]) => adaptedName(parameter) === undefined);
  const config: JsonObject = {
    peft_type: "LORA",
    task_type: taskTypes.get(head) ?? null,
    base_model_name_or_path: name,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: dropout,
    target_modules: [...new Set(matrices.map(({ name: matrix }) => moduleOf(matrix)))],
    fan_in_fan_out: matrices.some(({ isTransposed }) => isTransposed),
    modules_to_save:
      heads.length === 0 ? null : [...new Set(heads.map(([parameter]) => moduleOf(parameter)))],
    bias: "none",
    inference_mode: true,
  };
  await writeDirectoryAtomically(directory, async (temporary) => {
    const parts = encodeSafetensors(tensors, new Map([["format", "pt"]]));
    await writeFileAtomically(join(temporary, "adapter_model.safetensors"), parts);
    await writeFileAtomically(join(temporary, "adapter_config.json"), [
      `${JSON.stringify(config, null, 2)}\n`,
    ]);
  });
}

/** PEFT's names of what a head is for. */
const taskTypes: ReadonlyMap<Head, string> = new Map<Head, string>([
  ["sequence-classification", "SEQ_CLS"],
  ["token-classification", "TOKEN_CLS"],
  ["span-extraction", "QUESTION_ANS"],
  ["causal-lm", "CAUSAL_LM"],
  ["sequence-to-sequence", "SEQ_2_SEQ_LM"],
  ["none", "FEATURE_EXTRACTION"],
]);
