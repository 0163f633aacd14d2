import type { JsonObject } from "../../base/index.js";
import type { MetaspaceOptions } from "../pre-tokenizers/metaspace.js";
import { readMetaspaceSign } from "../pre-tokenizers/metaspace.js";
import type { Decoder } from "./decoder.js";

/** Writes spaces as spaces again; those of the first token are dropped where a prefix had been written. */
export function metaspaceDecoder(options: MetaspaceOptions = {}): Decoder {
  const { replacement = "▁", prependScheme = "always", split = true } = options;
  return {
    decode: (tokens) =>
      tokens.map((token, i) =>
        token.replaceAll(replacement, i === 0 && prependScheme !== "never" ? "" : " "),
      ),
    toJson: () => ({ type: "Metaspace", replacement, prepend_scheme: prependScheme, split }),
  };
}

/** The step from its JSON. */
export function readMetaspaceDecoder(json: JsonObject, place: string): Decoder {
  return metaspaceDecoder({ ...readMetaspaceSign(json, place), split: json["split"] !== false });
}
