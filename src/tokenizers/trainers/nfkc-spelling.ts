import { lowercase } from "../normalizers/lowercase.js";
import type { Normalizer } from "../normalizers/normalizer.js";
import { normalizerSequence } from "../normalizers/sequence.js";
import { stripAccents } from "../normalizers/strip-accents.js";
import { unicodeForm } from "../normalizers/unicode-form.js";
import type { SpellingOptions } from "./trainer.js";

/** NFKC, so that full-width and half-width forms are one, then lower case and no accents where asked for. */
export function nfkcSpelling(options: SpellingOptions): Normalizer {
  const steps = [unicodeForm("NFKC")];
  if (options.lowercase === true) steps.push(lowercase());
  if (options.stripAccents === true) steps.push(unicodeForm("NFD"), stripAccents(), unicodeForm("NFC"));
  return steps.length === 1 ? steps[0]! : normalizerSequence(steps);
}
