import type { JsonObject } from "../../base/index.js";
import type { FoundTokenizer, Pipeline } from "../pipeline.js";
import { readPostProcessor } from "../post-processors/index.js";
import { type TokenizerFamily, tokenizerFamilies } from "./tokenizer-families.js";
import { familyForms } from "./tokenizer-json.js";

/** The family of the class that a tokenizer_config.json names, if we know how it is made from a .model. */
export function familyOf(config: JsonObject): TokenizerFamily | undefined {
  const name = String(config["tokenizer_class"] ?? "").replace(/Fast$/, "");
  return Object.hasOwn(tokenizerFamilies, name) ? tokenizerFamilies[name] : undefined;
}

/**
 * A pipeline, and the one for the other side of a translation, with the languages that tokenizer_config.json names:
 * Python's classes follow that and not the form that stands in a tokenizer.json. Where no language is named in forms,
 * or the vocabulary has not that language, the pipeline is as it was.
 */
export function withLanguages(
  pipeline: Pipeline,
  config: JsonObject,
  place: string,
): Pick<FoundTokenizer, "pipeline" | "target" | "keepsClass"> {
  const family = familyOf(config);
  if (family?.namesLanguages !== true) return { pipeline };
  const added = new Map(pipeline.addedTokens.map(({ content, id }) => [content, id]));
  let isKnown = true;
  const idOf = (token: string): number => {
    const id = added.get(token) ?? pipeline.model.tokenToId(token);
    isKnown &&= id !== undefined;
    return id ?? 0;
  };
  const target = config["tgt_lang"] ?? config["src_lang"];
  const forms = [config, target === undefined ? config : { ...config, src_lang: target }].map((one) =>
    familyForms(family, one, idOf),
  );
  if (!isKnown) return { pipeline };
  const [own, other] = forms.map((form) => ({ ...pipeline, postProcessor: readPostProcessor(form, place) }));
  return { pipeline: own!, target: { pipeline: other!, hasOwnVocabulary: false }, keepsClass: true };
}
