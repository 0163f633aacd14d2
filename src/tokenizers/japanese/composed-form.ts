import { type AlignedText, rawEnd } from "../aligned-text.js";
import type { Normalizer } from "../normalizers/normalizer.js";
import { applyUnicodeForm } from "../normalizers/unicode-form.js";

/**
 * A composed form of Unicode in which a character stands for all it was composed of: the ガ of ｶﾞ for both
 * letters, where the step of that name follows the `tokenizers` library and lets it stand for the first.
 */
export function composedForm(form: "NFC" | "NFKC"): Normalizer {
  return { normalize: (source) => composeText(source, form), toJson: () => ({ type: form }) };
}

/** What `composedForm` does, for steps that include it. */
export function composeText(source: AlignedText, form: "NFC" | "NFKC"): AlignedText {
  const composed = applyUnicodeForm(source, form);
  if (composed === source || composed.starts === undefined || composed.ends === undefined) return composed;
  const { starts } = composed;
  const ends = composed.ends.slice();
  // Composing drops nothing: what no character stands for belongs to the one before it.
  let limit = rawEnd(source, source.text.length - 1);
  for (let i = starts.length - 1; i >= 0; i--) {
    if (ends[i]! < limit) ends[i] = limit;
    if (i > 0 && starts[i - 1]! < starts[i]!) limit = starts[i]!;
  }
  return { ...composed, ends };
}
