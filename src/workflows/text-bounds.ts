import type { JsonObject } from "../base/index.js";
import type { Tokenizer } from "../tokenizers/index.js";

// what published tokenizers call them, where config.json does not say
const usualBegins = ["<|endoftext|>", "<s>", "<bos>", "[CLS]"];
const usualEnds = ["<|endoftext|>", "</s>", "<eos>", "[SEP]"];

/** The ids of the tokens that begin and end a text: those of config.json, else by their usual names. */
export function textBounds(
  config: JsonObject,
  tokenizer: Tokenizer,
): { readonly beginId?: number; readonly endId?: number } {
  const find = (key: string, usual: readonly string[]): number | undefined => {
    const given = config[key];
    const id = Array.isArray(given) ? given[0] : given;
    if (typeof id === "number" && tokenizer.idToToken(id) !== undefined) return id;
    return usual.map((token) => tokenizer.tokenToId(token)).find((found) => found !== undefined);
  };
  const endId = find("eos_token_id", usualEnds);
  const beginId = find("bos_token_id", usualBegins) ?? endId;
  return { ...(beginId === undefined ? {} : { beginId }), ...(endId === undefined ? {} : { endId }) };
}
