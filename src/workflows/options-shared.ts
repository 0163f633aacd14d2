import { boolean, choice, file, folder, integer, list, text } from "./options-kinds.js";
import type { RowSpec, RowSpecs } from "./options-row.js";

/** Which model, and from where. */
export interface ModelOptions {
  /** The path of a model directory, or a name on the Hugging Face Hub. */
  model: string;
  /** Branch, tag or commit of a model on the Hub. Default `main`. */
  revision?: string;
  /** Take models from the cache and never use the network. Default: what HF_HUB_OFFLINE says. */
  offline?: boolean;
  /** The directory or Hub name of another tokenizer. Default: the model's own. */
  tokenizer?: string;
}

/** Which columns of the data hold what; those not given are guessed and printed. Numbers count from 1. */
export interface ColumnOptions {
  /** The text, or the first of a pair. */
  textColumn?: string;
  /** The second text of a pair. */
  pairColumn?: string;
  /** The class, classes or number to predict. */
  labelColumn?: string;
  /** What tells rows apart, for predictions. */
  idColumn?: string;
  /** The words of a sentence, as a list (token classification). */
  wordsColumn?: string;
  /** The tags of the words (token classification). */
  tagsColumn?: string;
  /** Entities as spans of the text (token classification). */
  entitiesColumn?: string;
  /** What is asked (question answering). */
  questionColumn?: string;
  /** The text in which the answer stands (question answering), or what the choices continue (multiple choice). */
  contextColumn?: string;
  /** The answers with their places (question answering). */
  answersColumn?: string;
  /** One column that holds a list of choices, or one column a choice (multiple choice). */
  choicesColumn?: string | string[];
  /** What stands between the context and each choice (multiple choice). */
  promptColumn?: string;
  /** The text that another is written from (translation, summarisation, dialogue). */
  sourceColumn?: string;
  /** The text to be written. */
  targetColumn?: string;
}

/** How many tokens a text may have. */
export interface LengthOptions {
  /** The longest input, in tokens. Default: by the task, at most what the model takes. */
  maxLength?: number;
  /** Tokens that the windows of a long text share. Default: 128, at most a third of the longest input. */
  stride?: number;
  /** What happens to a text that does not fit: refuse it, cut it, or read it in windows. Default: by the task. */
  onOverflow?: "error" | "truncate" | "stride";
}

/** Who computes, and where. */
export interface MachineOptions {
  /** Default `onnxruntime`; `auto` is `openvino` where its libraries are found; `reference` is slow plain TypeScript in
   *  float64, for checks. */
  runtime?: "onnxruntime" | "openvino" | "auto" | "reference";
  /** What `openvino` computes in; weights stay float32. Default `fp32`. */
  precision?: "fp32" | "bf16";
  /** Default `cpu`; the others need an onnxruntime that has them. */
  device?: "cpu" | "cuda" | "webgpu" | "coreml" | "dml";
  /** Threads that compute. Default: one a core. */
  threads?: number;
}

/** Who computes with a model that has learnt, and where. */
export interface InferenceOptions extends Omit<MachineOptions, "precision"> {
  /** What is computed in: `bf16` by openvino, `int8` by onnxruntime, where what stands beside a text in its batch moves
   *  its numbers a little. Default `fp32`. */
  precision?: "fp32" | "bf16" | "int8";
}

/** Rows of `ModelOptions`. */
export const modelSpecs: RowSpecs<ModelOptions> = {
  model: {
    group: "Model",
    help: "a model directory, or a name on the Hugging Face Hub",
    kind: text("MODEL", "a model directory or a name on the Hub"),
    short: "m",
    aliases: ["model_name_or_path", "model_name", "model_dir", "base_model"],
    required: true,
  },
  revision: {
    group: "Model",
    help: "branch, tag or commit of a model on the Hub",
    kind: text("NAME", "a branch, tag or commit"),
    aliases: ["model_revision"],
    defaultText: "main",
  },
  offline: {
    group: "Model",
    help: "take models from the cache and never use the network",
    kind: boolean(),
    aliases: ["local_files_only"],
    defaultText: "what HF_HUB_OFFLINE says",
  },
  tokenizer: {
    group: "Model",
    help: "directory or Hub name of another tokenizer",
    kind: text("MODEL", "a model directory or a name on the Hub"),
    aliases: ["tokenizer_name", "tokenizer_name_or_path", "tokenizer_path"],
    defaultText: "the model's own",
  },
};

/** Rows of `ColumnOptions`. */
export const columnSpecs: RowSpecs<ColumnOptions> = {
  textColumn: column("the text, or the first of a pair", [
    "text_column_name",
    "text_column_names",
    "sentence1_key",
    "sentence1_column",
  ]),
  pairColumn: column("the second text of a pair", ["text_pair_column", "sentence2_key", "sentence2_column"]),
  labelColumn: column("the class, classes or number to predict", ["label_column_name"]),
  idColumn: column("what tells rows apart, for predictions", ["id_column_name"]),
  wordsColumn: column("the words of a sentence, as a list", ["words_column_name", "tokens_column"]),
  tagsColumn: column("the tags of the words", ["tags_column_name", "ner_tags_column"]),
  entitiesColumn: column("entities as spans of the text", ["entities_column_name"]),
  questionColumn: column("what is asked", ["question_column_name"]),
  contextColumn: column("the text with the answer, or what the choices continue", ["context_column_name"]),
  answersColumn: column("the answers with their places", ["answer_column", "answer_column_name"]),
  choicesColumn: {
    ...columnRow("one column with a list of choices, or one column a choice", ["ending_columns"]),
    kind: list(text("NAME", "the name or number of a column")),
  },
  promptColumn: column("what stands between the context and each choice", ["prompt_column_name"]),
  sourceColumn: column("the text that another is written from", ["source_column_name", "source_lang"]),
  targetColumn: column("the text to be written", ["target_column_name", "target_lang", "summary_column"]),
};

/** Rows of `LengthOptions`. */
export const lengthSpecs: RowSpecs<LengthOptions> = {
  maxLength: {
    group: "Text length",
    help: "the longest input, in tokens",
    kind: integer({ from: 3 }),
    aliases: ["max_seq_length", "max_seq_len", "max_source_length", "block_size"],
    defaultText: "by the task, at most what the model takes",
  },
  stride: {
    group: "Text length",
    help: "tokens that the windows of a long text share",
    kind: integer({ from: 0 }),
    aliases: ["doc_stride"],
    defaultText: "128, at most a third of --max-length",
  },
  onOverflow: {
    group: "Text length",
    help: "what happens to a text that does not fit: refuse it, cut it, or read it in windows",
    kind: choice(["error", "truncate", "stride"]),
    defaultText: "by the task",
  },
};

/** Rows of `MachineOptions`. */
export const machineSpecs: RowSpecs<MachineOptions> = {
  runtime: {
    group: "Machine",
    help: "who computes; auto is openvino where it is installed, reference slow plain TypeScript for checks",
    kind: choice(["onnxruntime", "openvino", "auto", "reference"]),
    default: "onnxruntime",
  },
  precision: {
    group: "Machine",
    help: "what openvino computes in; weights stay in fp32",
    kind: choice(["fp32", "bf16"]),
    defaultText: "fp32",
  },
  device: {
    group: "Machine",
    help: "where; all but cpu need an onnxruntime that has them",
    kind: choice(["cpu", "cuda", "webgpu", "coreml", "dml"]),
    default: "cpu",
  },
  threads: {
    group: "Machine",
    help: "threads that compute",
    kind: integer({ from: 1, to: 1024 }),
    aliases: ["num_threads"],
    defaultText: "one a core",
  },
};

/** Rows of `InferenceOptions`. */
export const inferenceSpecs: RowSpecs<InferenceOptions> = {
  ...machineSpecs,
  precision: {
    ...machineSpecs.precision,
    help: "what is computed in: bf16 by openvino, int8 by onnxruntime",
    kind: choice(["fp32", "bf16", "int8"]),
  },
};

/** The row of the batch size where nothing is learnt. */
export const batchSizeSpec: RowSpec<number> = {
  group: "Machine",
  help: "inputs computed together",
  kind: integer({ from: 1 }),
  short: "b",
  aliases: ["per_device_eval_batch_size", "evaluation_batch_size", "eval_batch_size"],
  default: 32,
};

/** The row of packing. */
export const packingSpec: RowSpec<boolean> = {
  group: "Machine",
  help: "several texts in a row of at most --max-length tokens, so that less padding is computed",
  kind: boolean(),
  default: false,
};

/** The row of the file that predictions go to. */
export const outputFileSpec: RowSpec<string> = {
  group: "Output",
  help: "write the predictions, with probabilities, to this file (.jsonl)",
  kind: file(),
  short: "o",
  aliases: ["predictions", "predictions_file", "output"],
};

/** The row of writing over that file. */
export const overwriteFileSpec: RowSpec<boolean> = {
  group: "Output",
  help: "write over --output-file where it is there already",
  kind: boolean(),
  default: false,
};

/** A data folder with train, dev and test files. */
export const dataDirectorySpec: RowSpec<string> = {
  group: "Data",
  help: "a folder with files called train, dev and test",
  kind: folder(),
  flag: "data-dir",
};

function column(help: string, aliases: readonly string[]): RowSpec<string> {
  return { ...columnRow(help, aliases), kind: text("NAME", "the name or number of a column") };
}

function columnRow(
  help: string,
  aliases: readonly string[],
): { group: string; help: string; aliases: readonly string[] } {
  return { group: "Columns (guessed and printed where not given)", help, aliases };
}
