import type { JsonObject } from "../base/index.js";

/** Pads in front, as models do whose last token is to stand at the end of each row. */
const padsInFront: JsonObject = { padding_side: "left" };

/**
 * What classes of Python's transformers stand for beside their steps. A tokenizer is written under the plain class,
 * and tokenizer_config.json must say it then.
 */
const defaults: Readonly<Record<string, JsonObject>> = {
  XLNetTokenizer: {
    ...padsInFront,
    // its segments are the second text's and that of <cls>; transformers 5 leaves them out unless told
    model_input_names: ["input_ids", "token_type_ids", "attention_mask"],
  },
  LlamaTokenizer: padsInFront,
  CodeLlamaTokenizer: padsInFront,
  GemmaTokenizer: padsInFront,
  CohereTokenizer: padsInFront,
};

/** What the class in a tokenizer_config.json stands for, in the words of that file. */
export function classDefaults(config: JsonObject): JsonObject {
  const name = String(config["tokenizer_class"] ?? "").replace(/Fast$/, "");
  return Object.hasOwn(defaults, name) ? defaults[name]! : {};
}
