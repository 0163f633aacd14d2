import { type ReadStep, stepTable } from "../step-table.js";
import { readBertNormalizer } from "./bert.js";
import { readLowercase } from "./lowercase.js";
import { readNmt } from "./nmt.js";
import type { Normalizer } from "./normalizer.js";
import { readPrecompiled } from "./precompiled.js";
import { readPrepend } from "./prepend.js";
import { readReplace } from "./replace.js";
import { readNormalizerSequence } from "./sequence.js";
import { readStrip } from "./strip.js";
import { readStripAccents } from "./strip-accents.js";
import { readUnicodeForm } from "./unicode-form.js";

/** Makes a normaliser from its JSON, by its type. */
export const readNormalizer: ReadStep<Normalizer> = stepTable("normalizer", {
  BertNormalizer: readBertNormalizer,
  Lowercase: readLowercase,
  NFC: readUnicodeForm,
  NFD: readUnicodeForm,
  NFKC: readUnicodeForm,
  NFKD: readUnicodeForm,
  Nmt: readNmt,
  Precompiled: readPrecompiled,
  Prepend: readPrepend,
  Replace: readReplace,
  Sequence: readNormalizerSequence,
  Strip: readStrip,
  StripAccents: readStripAccents,
});
