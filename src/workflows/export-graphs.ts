import { FileError, int64 } from "../base/index.js";
import {
  addDimensions,
  broadcast,
  concatenate,
  constant,
  type Dimension,
  input,
  range,
  replaceValues,
  reshape,
  sizeAt,
  slice,
  type Value,
} from "../engine/index.js";
import type { OnnxModel } from "../formats/onnx/index.js";
import {
  type Decoder,
  type DecoderStep,
  type Head,
  headOf,
  type ModelInputs,
  type SourceHalves,
  type StepInputs,
  stepInputs,
} from "../models/index.js";
import { forInference } from "../nn/index.js";
import { labelsOfConfig } from "../tasks/labels.js";
import type { OpenModel } from "./open-model.js";

// What is exported: the graphs of a model, cut into files and under the names that Python's optimum gives them and
// transformers.js reads. A file of a decoder is a step of writing. What it gives of its past goes into the next step as it
// came out: `present.0.key` is fed as `past_key_values.0.key`, which in the first step has no tokens.

/** A file that is to be written: `onnx/<name>.onnx`. */
export interface ExportedGraph {
  readonly name: "model" | "encoder_model" | "decoder_model_merged";
  readonly outputs: ReadonlyMap<string, Value>;
}

/** How the files are run: once over whole texts, or step by step. */
export type ExportForm = "whole" | "decoder" | "encoder-decoder";

export interface ExportedGraphs {
  readonly head: Head;
  readonly form: ExportForm;
  readonly files: readonly ExportedGraph[];
  /** The model over whole texts, under the names of the files' outputs: what they give is compared with this. */
  readonly whole: ReadonlyMap<string, Value>;
  /** For people. */
  readonly notes: readonly string[];
}

const outputNames: Readonly<Record<string, string>> = {
  lastHidden: "last_hidden_state",
  pooled: "pooler_output",
  startLogits: "start_logits",
  endLogits: "end_logits",
};

/** Of the heads that not every model type has in transformers.js 4: those that do. */
const inTransformersJs: Readonly<Partial<Record<Head, readonly string[]>>> = {
  "causal-lm": ["gpt2", "llama", "mistral", "qwen2"],
  "sequence-to-sequence": ["bart", "marian", "mbart", "mt5", "t5"],
  "multiple-choice": [],
  "permutation-lm": [],
};

/** The graphs of a model; throws where its head cannot be exported. */
export function exportedGraphs(model: OpenModel): ExportedGraphs {
  const { architecture, network, config, configPath } = model;
  const head = headOf(architecture, config) ?? "none";
  if (config["crf"] !== undefined)
    throw new FileError(configPath, "crf: a model that finds tags as a whole cannot be exported yet", {
      hint: "train it without --crf; what reads ONNX would take each tag by itself",
    });
  const labelCount = labelsOfConfig(config, configPath)?.length ?? 2;
  const built = network.build(head, labelCount, wholeInputs(head), forInference());
  const whole = new Map([...built.heads].map(([name, value]) => [outputNames[name] ?? name, value]));
  const runsThere = inTransformersJs[head]?.includes(architecture.modelType) ?? true;
  const notes = runsThere
    ? []
    : [`transformers.js has no ${architecture.modelType} for ${head}; ONNX Runtime runs what was written`];

  if (head === "sequence-to-sequence") {
    const files = encoderDecoderFiles(network.decoder!, configPath);
    const logits = whole.get("logits")!;
    const compared = new Map([["last_hidden_state", built.encoder!.lastHidden] as const, ["logits", logits]]);
    return { head, form: "encoder-decoder", files, whole: compared, notes };
  }
  const { decoder } = network;
  if (head === "causal-lm" && decoder !== undefined) {
    if (hasCache(decoder)) return { head, form: "decoder", files: [decoderFile(decoder)], whole, notes };
    notes.push("it keeps no keys and values: what was written reads whole texts");
  }
  return { head, form: "whole", files: [{ name: "model", outputs: whole }], whole, notes };
}

/** What goes into a model that reads whole texts. */
function wholeInputs(head: Head): ModelInputs {
  const writes = head === "sequence-to-sequence";
  const choices = head === "multiple-choice" ? ["num_choices"] : [];
  const length = writes ? "encoder_sequence_length" : "sequence_length";
  const ids = (name: string): Value => input(name, ["batch_size", ...choices, length], "int64");
  const source = { ids: ids("input_ids"), mask: ids("attention_mask"), typeIds: ids("token_type_ids") };
  const more = (name: string, ...sizes: string[]): Value => input(name, ["batch_size", ...sizes], "int64");
  if (writes)
    return {
      ...source,
      decoderIds: more("decoder_input_ids", "sequence_length"),
      decoderMask: more("decoder_attention_mask", "sequence_length"),
    };
  if (head !== "permutation-lm") return source;
  return {
    ...source,
    permutationMask: more("perm_mask", length, length),
    targetMapping: more("target_mapping", "num_predict", length),
  };
}

/** Whether all that goes from step to step are keys and values. */
function hasCache(decoder: Decoder): boolean {
  const { state } = decoder.step(stepInputs());
  return state.length > 0 && state.every(({ kind }) => kind === "cache");
}

function decoderInputs(): StepInputs {
  const [length, past] = ["sequence_length", "past_sequence_length"];
  const ids = (name: string, size: Dimension): Value => input(name, ["batch_size", size], "int64");
  return {
    ids: ids("input_ids", length),
    mask: ids("attention_mask", addDimensions(past, length)),
    positions: ids("position_ids", length),
  };
}

/** A step of a model that looks back. */
function decoderFile(decoder: Decoder): ExportedGraph {
  const step = decoder.step(decoderInputs(), { joinsPast: true, scoresAll: true });
  return { name: "model", outputs: stepOutputs(step, "") };
}

/** The encoder, and a step of the decoder. */
function encoderDecoderFiles({ source, step }: Decoder, configPath: string): ExportedGraph[] {
  if (source === undefined)
    throw new FileError(configPath, "architectures: a recurrent encoder-decoder cannot be exported yet", {
      hint: "those with attention alone can: T5, BART, Marian, and pairs of BERT's relatives",
    });
  const hidden = source.encode(wholeInputs("sequence-to-sequence"));

  const [batch, length, past] = ["batch_size", "sequence_length", "past_decoder_sequence_length"];
  const total = addDimensions(past, length);
  const places = reshape(slice(range(total), 0, past, total), [1, length]);
  const inputs = {
    ids: input("input_ids", [batch, length], "int64"),
    mask: broadcast(constant(int64([1, 1], [1])), [batch, total]), // nothing of what is written is padding
    positions: broadcast(places, [batch, length]),
  };
  const seen = readOnce(source, sizeAt(hidden, 2));
  const written = step(inputs, { joinsPast: true, scoresAll: true, source: seen });
  const presents = [...seen].filter(([name]) => name !== "source.mask");
  const outputs = new Map([
    ...stepOutputs(written, ".decoder"),
    ...presents.map(([name, value]) => [presentName(name, ".encoder"), value] as const),
  ]);
  return [
    { name: "encoder_model", outputs: new Map([["last_hidden_state", hidden]]) },
    { name: "decoder_model_merged", outputs },
  ];
}

/**
 * What the decoder reads of the source, by the names of its step. Keys and values are computed of those rows of the
 * source for which none are given: of all in the first step, of none in the steps that follow, which are given what came
 * out of the first. So a later step costs a copy of them, which an `If` with a branch that gives nothing back would save;
 * to compute them anew in each would cost several times as much as all else in a step.
 */
function readOnce(source: SourceHalves, hiddenSize: Dimension): Map<string, Value> {
  const [batch, length, known] = ["batch_size", "encoder_sequence_length", "past_encoder_sequence_length"];
  const hidden = input("encoder_hidden_states", [batch, length, hiddenSize]);
  const unread = source.read(slice(hidden, 1, known, length));
  const joined = [...unread].map(([name, value]) => {
    const [, headCount, , headSize] = value.shape as [Dimension, number, Dimension, number];
    const past = input(pastName(name, ".encoder"), [batch, headCount, known, headSize]);
    return [name, concatenate([past, value], 2)] as const;
  });
  return new Map([["source.mask", input("encoder_attention_mask", [batch, length], "int64")], ...joined]);
}

/** The outputs of a step, whose caches are read under the names that files have for them. */
function stepOutputs({ logits, state }: DecoderStep, side: Side): Map<string, Value> {
  const outputs = state.map(({ name, output }) => [presentName(name, side), output] as const);
  const renamed = state.map(
    ({ name, input: past }) => [past, input(pastName(name, side), past.shape)] as const,
  );
  return replaceValues(new Map([["logits", logits], ...outputs]), new Map(renamed));
}

/** Which text a cache is of, where there are two. */
type Side = "" | ".decoder" | ".encoder";

/** `layers.3.key` or `source.3.key` as a file's input: `past_key_values.3.decoder.key`. */
function pastName(name: string, side: Side): string {
  return name.replace(/^\w+\.(\d+)/, `past_key_values.$1${side}`);
}

/** The same as an output: `present.3.decoder.key`. */
function presentName(name: string, side: Side): string {
  return name.replace(/^\w+\.(\d+)/, `present.$1${side}`);
}

/** An ONNX model in which sizes may be 0, as those of rows that need not be read: a reshape then means it. */
export function withEmptySizes(model: OnnxModel): OnnxModel {
  const nodes = model.graph.nodes.map((node) =>
    node.type === "Reshape"
      ? { ...node, attributes: { ...node.attributes, allowzero: { kind: "int", value: 1 } as const } }
      : node,
  );
  return { ...model, graph: { ...model.graph, nodes } };
}
