import { isJsonObject, type Json, type JsonObject } from "../base/index.js";
import { wrongField } from "./step-fields.js";
import { type SpecialRole, specialRoles } from "./tokenizer.js";

/** What Python's transformers calls each role, in tokenizer_config.json and special_tokens_map.json. */
export const roleKeys: Readonly<Record<SpecialRole, string>> = {
  pad: "pad_token",
  unknown: "unk_token",
  classification: "cls_token",
  separator: "sep_token",
  mask: "mask_token",
};

/** The names that are meant where the files name none, if the vocabulary has them. */
export const usualNames: Readonly<Record<SpecialRole, string>> = {
  pad: "[PAD]",
  unknown: "[UNK]",
  classification: "[CLS]",
  separator: "[SEP]",
  mask: "[MASK]",
};

/** The names of the special tokens, from the configuration, else from the map, else the usual ones. */
export function readSpecialNames(
  config: JsonObject,
  map: JsonObject,
  usual: Readonly<Partial<Record<SpecialRole, string>>>,
  isKnown: (token: string) => boolean,
  place: string,
): Partial<Record<SpecialRole, string>> {
  const names: Partial<Record<SpecialRole, string>> = {};
  for (const role of specialRoles) {
    const key = roleKeys[role];
    const value = config[key] !== undefined ? config[key] : map[key];
    if (value !== undefined) {
      if (value !== null) names[role] = contentOf(value, key, place);
    } else if (usual[role] !== undefined && isKnown(usual[role])) names[role] = usual[role];
  }
  return names;
}

/** The further special tokens that the files name. */
export function readExtraSpecialNames(config: JsonObject, map: JsonObject, place: string): string[] {
  const names: string[] = [];
  for (const key of ["additional_special_tokens", "extra_special_tokens"]) {
    const value = config[key] ?? map[key];
    const list: readonly Json[] = Array.isArray(value)
      ? value
      : isJsonObject(value)
        ? Object.values(value)
        : [];
    for (const each of list) names.push(contentOf(each, key, place));
  }
  return names;
}

/** A special token is written as a string, or as an object with its content. */
export function contentOf(value: Json, key: string, place: string): string {
  const content = isJsonObject(value) ? value["content"] : value;
  if (typeof content === "string" && content !== "") return content;
  throw wrongField(place, key, "a token", value);
}
