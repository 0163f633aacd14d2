import { FileError } from "../base/errors.js";
import { describeJson, type Json, type JsonObject } from "../base/json.js";
import type { GenerationSettings } from "./settings.js";

/** What a model says of how it is to be used, in generation_config.json or among the fields of config.json. */
export interface GenerationDefaults {
  readonly settings: GenerationSettings;
  /** What a text begins with. */
  readonly beginToken: number | undefined;
  /** What a decoder beside an encoder begins with. */
  readonly startToken: number | undefined;
  readonly paddingToken: number | undefined;
  /** Keys that ask for something that is not done here. */
  readonly ignored: readonly string[];
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
type Draft = Mutable<GenerationSettings>;

/** How a key of Python's is read into settings; answers false where its value is of the wrong kind. */
type Reader = (draft: Draft, value: Json) => boolean;

const readers: Readonly<Record<string, Reader>> = {
  max_length: count("maxLength"),
  max_new_tokens: count("maxNewTokens"),
  min_length: count("minLength"),
  min_new_tokens: count("minNewTokens"),
  eos_token_id: tokens("endTokens"),
  do_sample: flag("sample"),
  num_beams: count("beamCount"),
  num_beam_groups: count("beamGroupCount"),
  num_return_sequences: count("returnCount"),
  diversity_penalty: amount("diversityPenalty"),
  length_penalty: amount("lengthPenalty"),
  early_stopping: (draft, value) => {
    if (typeof value !== "boolean" && value !== "never") return false;
    draft.earlyStopping = value;
    return true;
  },
  temperature: amount("temperature"),
  top_k: count("topK"),
  top_p: amount("topP"),
  min_p: amount("minP"),
  typical_p: amount("typicalP"),
  epsilon_cutoff: amount("epsilonCutoff"),
  eta_cutoff: amount("etaCutoff"),
  repetition_penalty: amount("repetitionPenalty"),
  encoder_repetition_penalty: amount("sourcePreference"),
  no_repeat_ngram_size: count("noRepeatNgramSize"),
  encoder_no_repeat_ngram_size: count("noSourceNgramSize"),
  bad_words_ids: (draft, value) => {
    if (!Array.isArray(value) || !value.every(isTokenList)) return false;
    draft.badWords = value;
    return true;
  },
  sequence_bias: (draft, value) => {
    const isPair = (pair: Json): pair is [number[], number] =>
      Array.isArray(pair) && isTokenList(pair[0]!) && typeof pair[1] === "number";
    if (!Array.isArray(value) || !value.every(isPair)) return false;
    draft.sequenceBias = value;
    return true;
  },
  suppress_tokens: tokens("suppressedTokens"),
  begin_suppress_tokens: tokens("suppressedFirstTokens"),
  forced_bos_token_id: count("forcedFirstToken"),
  forced_eos_token_id: tokens("forcedLastTokens"),
  stop_strings: (draft, value) => {
    const list = typeof value === "string" ? [value] : value;
    if (!Array.isArray(list) || !list.every((one) => typeof one === "string")) return false;
    draft.stopStrings = list;
    return true;
  },
};

/** Keys that ask for another way to search, or for scores of another kind. */
const notDone = new Set([
  ...["constraints", "dola_layers", "exponential_decay_length_penalty", "force_words_ids", "guidance_scale"],
  ...["max_time", "penalty_alpha", "renormalize_logits", "token_healing", "top_h", "watermarking_config"],
]);

/**
 * Read what Python's transformers calls a generation configuration: settings by its names. What is null is not said;
 * keys that have nothing to do with generation are passed over. `place` begins errors.
 */
export function readGenerationConfig(config: JsonObject, place: string): GenerationDefaults {
  const draft: Draft = {};
  for (const [key, read] of Object.entries(readers)) {
    const value = config[key];
    if (value === undefined || value === null || read(draft, value)) continue;
    throw new FileError(
      place,
      `${key}: expected a value as Python's transformers writes it, got ${describeJson(value)}`,
    );
  }
  if (draft.maxNewTokens !== undefined) delete draft.maxLength; // as in Python, the one wins over the other
  if (draft.minNewTokens !== undefined) delete draft.minLength;
  const token = (key: string): number | undefined => {
    const value = config[key];
    return isToken(value) ? value : undefined;
  };
  return {
    settings: draft,
    beginToken: token("bos_token_id"),
    startToken: token("decoder_start_token_id") ?? token("bos_token_id"),
    paddingToken: token("pad_token_id"),
    ignored: Object.keys(config).filter((key) => notDone.has(key) && asksForMore(config[key]!)),
  };
}

/** Names of settings that hold a value of some type. */
type KeyOf<Value> = {
  [Key in keyof Draft]-?: Value extends NonNullable<Draft[Key]> ? Key : never;
}[keyof Draft];

function count(key: KeyOf<number>): Reader {
  return (draft, value) => {
    if (!isToken(value)) return false;
    (draft[key] as number) = value;
    return true;
  };
}

function amount(key: KeyOf<number>): Reader {
  return (draft, value) => {
    if (typeof value !== "number") return false;
    (draft[key] as number) = value;
    return true;
  };
}

function flag(key: KeyOf<boolean>): Reader {
  return (draft, value) => {
    if (typeof value !== "boolean") return false;
    (draft[key] as boolean) = value;
    return true;
  };
}

/** One token or a list of them. */
function tokens(key: KeyOf<number[]>): Reader {
  return (draft, value) => {
    const list = isToken(value) ? [value] : value;
    if (!isTokenList(list)) return false;
    (draft[key] as readonly number[]) = list;
    return true;
  };
}

function isToken(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTokenList(value: Json): value is number[] {
  return Array.isArray(value) && value.every(isToken);
}

/** Whether a value asks for anything: not null, false, or the neutral 0 and 1. */
function asksForMore(value: Json): boolean {
  return value !== null && value !== false && value !== 0 && value !== 1;
}
