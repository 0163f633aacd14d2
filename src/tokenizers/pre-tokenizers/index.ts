import { type ReadStep, stepTable } from "../step-table.js";
import { readBertPreTokenizer } from "./bert.js";
import { readByteLevel } from "./byte-level.js";
import { readCharDelimiterSplit } from "./char-delimiter.js";
import { readDigits } from "./digits.js";
import { readMetaspace } from "./metaspace.js";
import type { PreTokenizer } from "./pre-tokenizer.js";
import { readPunctuation } from "./punctuation.js";
import { readPreTokenizerSequence } from "./sequence.js";
import { readSplit } from "./split.js";
import { readUnicodeScripts } from "./unicode-scripts.js";
import { readWhitespace } from "./whitespace.js";
import { readWhitespaceSplit } from "./whitespace-split.js";

/** Makes a pre-tokenizer from its JSON, by its type. */
export const readPreTokenizer: ReadStep<PreTokenizer> = stepTable("pre-tokenizer", {
  BertPreTokenizer: readBertPreTokenizer,
  ByteLevel: readByteLevel,
  CharDelimiterSplit: readCharDelimiterSplit,
  Digits: readDigits,
  Metaspace: readMetaspace,
  Punctuation: readPunctuation,
  Sequence: readPreTokenizerSequence,
  Split: readSplit,
  UnicodeScripts: readUnicodeScripts,
  Whitespace: readWhitespace,
  WhitespaceSplit: readWhitespaceSplit,
});
