import { OptionError } from "../base/index.js";
import { canonicalName } from "./options-row.js";

/** What a flag of the Python scripts that is no option here comes to. */
export interface PythonMeaning {
  /** The option it stands for, and its value there. */
  readonly option?: { readonly key: string; readonly value: unknown };
  /** What the user should know. */
  readonly note?: string;
}

interface PythonFlag {
  /** Whether the flag can stand without a value. */
  readonly bare?: boolean;
  /** Values that change nothing here, and so are taken without a word. */
  readonly same?: readonly string[];
  /** What other values come to; an error where there is only a hint. */
  readonly means?: (value: string) => PythonMeaning;
  readonly hint?: string;
}

const falsy = ["false", "0", "no"];
const nothing: PythonFlag = { bare: true, means: () => ({}) };

/**
 * Flags of the Python scripts that are no options of Tsugiki: accepted where what they ask for is done anyway,
 * translated where another option says it, refused with a way out where it is not done.
 */
const flags: Readonly<Record<string, PythonFlag>> = {
  do_train: said("fine-tune always trains; to try a model without training: npx tsugiki evaluate"),
  do_eval: said("evaluation takes place whenever there are validation rows"),
  do_predict: said("the model is tried on the test rows whenever there are any"),
  evaluate_during_training: nothing,
  eval_strategy: { means: (value) => when("evaluateEvery", value) },
  evaluation_strategy: { means: (value) => when("evaluateEvery", value) },
  save_strategy: { same: ["best"], means: (value) => when("saveEvery", value) },
  logging_strategy: { same: ["steps"], means: () => ({ note: "--log-every counts steps" }) },
  logging_first_step: nothing,
  logging_dir: { means: () => ({ note: "TensorBoard files go to the folder of --output-dir" }) },
  report_to: {
    same: ["tensorboard", "none", "[]"],
    means: (value) => ({ note: `${value} gets no report; TensorBoard files and metrics.jsonl are written` }),
  },
  greater_is_better: { bare: true, means: () => ({ note: "each metric knows its better direction" }) },
  version_2_with_negative: said("whether questions can be without an answer is told from the data"),
  return_entity_level_metrics: nothing, // always reported
  pad_to_max_length: {
    bare: true,
    means: () => ({ note: "batches are padded to their longest text; the results are the same" }),
  },
  label_all_tokens: { bare: true, same: falsy, hint: "only the first piece of each word carries its tag" },
  use_fast_tokenizer: nothing,
  use_slow_tokenizer: nothing,
  do_lower_case: said("the tokenizer's own files say whether it lowers case"),
  config_name: { means: () => ({ note: "the model's own config.json is used" }) },
  ignore_mismatched_sizes: nothing, // a head of another size is made anew and named
  trust_remote_code: {
    bare: true,
    same: falsy,
    hint: "code of model repositories is never run; leave it out",
  },
  cache_dir: { hint: "set the environment variable HF_HUB_CACHE to the folder" },
  token: { hint: "set the environment variable HF_TOKEN, so that it shows in no command line" },
  use_auth_token: { bare: true, same: falsy, hint: "set the environment variable HF_TOKEN" },
  overwrite_cache: nothing,
  preprocessing_num_workers: nothing,
  dataloader_num_workers: nothing,
  dataloader_pin_memory: nothing,
  remove_unused_columns: nothing,
  disable_tqdm: nothing,
  log_level: nothing,
  save_safetensors: { bare: true, same: ["true", "1"], hint: "weights are always saved as safetensors" },
  full_determinism: nothing, // it always is
  data_seed: { means: () => ({ note: "--seed rules the order of rows too" }) },
  no_cuda: { bare: true, same: falsy, means: () => ({ option: { key: "device", value: "cpu" } }) },
  use_cpu: { bare: true, same: falsy, means: () => ({ option: { key: "device", value: "cpu" } }) },
  eval_accumulation_steps: nothing,
  adam_beta1: { same: ["0.9"], hint: "AdamW has betas of 0.9 and 0.999 here" },
  adam_beta2: { same: ["0.999"], hint: "AdamW has betas of 0.9 and 0.999 here" },
  adam_epsilon: { same: ["1e-8", "1e-08", "0.00000001"], hint: "AdamW has an epsilon of 1e-8 here" },
  fp16: halfPrecision(),
  bf16: halfPrecision(),
  torch_compile: nothing,
  ddp_find_unused_parameters: nothing,
  local_rank: { same: ["-1"], hint: "training over several machines is not here yet" },
  push_to_hub: { bare: true, same: falsy, hint: "upload the folder of --output-dir with: hf upload" },
  hub_model_id: { hint: "upload the folder of --output-dir with: hf upload" },
  dataset_name: {
    hint: "data sets are read from files here: download it as Parquet or JSONL and give --train-file",
  },
  dataset_config_name: { hint: "data sets are read from files here: give --train-file" },
  labels: { means: () => ({ note: "labels are read from the training rows" }) },
  validation_split_percentage: {
    means: (value) => ({ option: { key: "validationSplit", value: Number(value) / 100 } }),
  },
  line_by_line: {
    bare: true,
    same: falsy,
    means: () => ({
      note: "rows run over the ends of texts, with a separator there; a text a line is JSONL here",
    }),
  },
  keep_linebreaks: { bare: true, means: () => ({ note: "line breaks stay where the tokenizer keeps them" }) },
  config_overrides: { hint: "write a file in the form of config.json and name it by --architecture" },
  streaming: nothing, // the corpus is never whole in memory
  low_cpu_mem_usage: nothing,
};

/** Their names, canonical, for the commands that take rows. */
export const pythonNames: readonly string[] = Object.keys(flags);

/** Whether this flag of the Python scripts can stand without a value. */
export function isBarePythonName(name: string): boolean {
  return flags[canonicalName(name)]?.bare === true;
}

/** What a flag of the Python scripts comes to; undefined where it is none of theirs. `place` begins the error. */
export function readPythonFlag(name: string, value: unknown, place: string): PythonMeaning | undefined {
  const canonical = canonicalName(name);
  const flag = Object.hasOwn(flags, canonical) ? flags[canonical]! : undefined;
  if (flag === undefined) return undefined;
  const word = String(value).toLowerCase();
  if (flag.same?.includes(word)) return {};
  if (flag.means !== undefined) return flag.means(word);
  const accepted = flag.same === undefined ? "" : ` other than ${flag.same[0]}`;
  throw new OptionError(`${place}: this flag of the Python scripts is not taken here${accepted}`, {
    ...(flag.hint === undefined ? {} : { hint: flag.hint }),
  });
}

function said(note: string): PythonFlag {
  return { bare: true, means: () => ({ note }) };
}

function halfPrecision(): PythonFlag {
  return {
    bare: true,
    same: falsy,
    hint: "--runtime openvino --precision bf16 computes in bfloat16, --dtype float16 saves half-size weights",
  };
}

/** `eval_strategy epoch` is `evaluateEvery: "epoch"`; with `steps` the number stands in a flag of its own. */
function when(key: string, value: string): PythonMeaning {
  if (value === "epoch") return { option: { key, value } };
  return value === "no" ? { note: `${key} "no" is not taken here: the default holds` } : {};
}
