import type { Json, JsonObject } from "../base/index.js";
import type { AddedToken } from "./added-tokens.js";
import { describePipeline } from "./bert-tokenizer-config.js";
import type { Pipeline, TokenizerSettings } from "./pipeline.js";
import { roleKeys } from "./special-names.js";
import { type SpecialRole, type SpecialToken, specialRoles, type TokenizerFiles } from "./tokenizer.js";

/** The files of a tokenizer, as Python's transformers reads them. */
export function tokenizerFiles(
  pipeline: Pipeline,
  special: Readonly<Record<SpecialRole, SpecialToken | undefined>>,
  settings: TokenizerSettings,
): TokenizerFiles {
  const names = Object.fromEntries(
    specialRoles.flatMap((role) =>
      special[role] === undefined ? [] : [[roleKeys[role], special[role].token]],
    ),
  );
  const normalizer = pipeline.normalizer?.toJson() ?? null;
  const preTokenizer = pipeline.preTokenizer?.toJson() ?? null;
  const tokenizer: JsonObject = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: pipeline.addedTokens.map((token) => ({ id: token.id, ...addedTokenJson(token) })),
    normalizer,
    pre_tokenizer: preTokenizer,
    post_processor: pipeline.postProcessor.toJson(),
    decoder: pipeline.decoder?.toJson() ?? null,
    model: pipeline.model.toJson(),
  };
  const config: JsonObject = {
    ...settings.config,
    ...describePipeline(pipeline.model, normalizer, preTokenizer, settings.config),
    ...names,
    ...(settings.className === undefined ? {} : { tokenizer_class: settings.className }),
    ...(settings.keepsClass === true ? { tokenizer_class: settings.config["tokenizer_class"]! } : {}),
    ...(settings.modelMaxLength === undefined ? {} : { model_max_length: settings.modelMaxLength }),
    added_tokens_decoder: Object.fromEntries(
      pipeline.addedTokens.map((token) => [token.id, addedTokenJson(token)]),
    ),
  };
  const files = new Map<string, string | Uint8Array>([
    ...(settings.className === undefined ? [["tokenizer.json", toText(tokenizer)] as const] : []),
    ["tokenizer_config.json", toText(config)],
    ["special_tokens_map.json", toText(names)],
  ]);
  for (const [name, text] of pipeline.model.files()) files.set(name, text);
  for (const [name, content] of settings.sideFiles ?? []) files.set(name, content);
  return files;
}

function addedTokenJson(token: AddedToken): JsonObject {
  return {
    content: token.content,
    single_word: token.singleWord,
    lstrip: token.stripLeft,
    rstrip: token.stripRight,
    normalized: token.normalized,
    special: token.special,
  };
}

function toText(json: Json): string {
  return `${JSON.stringify(json, null, 2)}\n`;
}
