import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { TsugikiError } from "../base/index.js";
import {
  bytesField,
  damaged,
  type FieldReader,
  type FieldReaders,
  floatField,
  integerField,
  type MessageSource,
  readMessage,
  stringField,
} from "./protobuf.js";

// SentencePiece's .model is one message ModelProto. Field numbers and defaults are those of
// https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto. Settings are kept as they
// stand in the file, absent where the file leaves them out, so that a file read and written is the same file.

/** What a piece is for. A normal piece is the only kind whose score counts. */
export type PieceType = "normal" | "unknown" | "control" | "user-defined" | "byte" | "unused";

/** One entry of the vocabulary; its id is its place in the list. */
export interface SentencePieceEntry {
  readonly piece: string;
  /** A log probability in unigram models, minus the rank of the merge in BPE models. */
  readonly score: number;
  readonly type: PieceType;
}

/** The settings of a message by the names of the .proto file; absent ones have their default. */
export type SentencePieceSettings = Readonly<
  Record<string, number | boolean | string | readonly string[] | Uint8Array>
>;

/** A .model file. */
export interface SentencePieceModel {
  readonly pieces: readonly SentencePieceEntry[];
  readonly trainer: SentencePieceSettings;
  readonly normalizer: SentencePieceSettings;
  /** The normaliser of decoded text, which few models have. */
  readonly denormalizer: SentencePieceSettings | undefined;
}

type Kind = "integer" | "float" | "boolean" | "string" | "strings" | "bytes";
type Fields = Readonly<Record<number, readonly [name: string, kind: Kind]>>;

const trainerFields: Fields = {
  1: ["input", "strings"],
  2: ["model_prefix", "string"],
  3: ["model_type", "integer"],
  4: ["vocab_size", "integer"],
  5: ["accept_language", "strings"],
  6: ["self_test_sample_size", "integer"],
  7: ["input_format", "string"],
  10: ["character_coverage", "float"],
  11: ["input_sentence_size", "integer"],
  12: ["mining_sentence_size", "integer"],
  13: ["training_sentence_size", "integer"],
  14: ["seed_sentencepiece_size", "integer"],
  15: ["shrinking_factor", "float"],
  16: ["num_threads", "integer"],
  17: ["num_sub_iterations", "integer"],
  18: ["max_sentence_length", "integer"],
  19: ["shuffle_input_sentence", "boolean"],
  20: ["max_sentencepiece_length", "integer"],
  21: ["split_by_unicode_script", "boolean"],
  22: ["split_by_whitespace", "boolean"],
  23: ["split_by_number", "boolean"],
  24: ["treat_whitespace_as_suffix", "boolean"],
  25: ["split_digits", "boolean"],
  26: ["allow_whitespace_only_pieces", "boolean"],
  30: ["control_symbols", "strings"],
  31: ["user_defined_symbols", "strings"],
  32: ["vocabulary_output_piece_score", "boolean"],
  33: ["hard_vocab_limit", "boolean"],
  34: ["use_all_vocab", "boolean"],
  35: ["byte_fallback", "boolean"],
  36: ["required_chars", "string"],
  40: ["unk_id", "integer"],
  41: ["bos_id", "integer"],
  42: ["eos_id", "integer"],
  43: ["pad_id", "integer"],
  44: ["unk_surface", "string"],
  45: ["unk_piece", "string"],
  46: ["bos_piece", "string"],
  47: ["eos_piece", "string"],
  48: ["pad_piece", "string"],
  49: ["train_extremely_large_corpus", "boolean"],
  50: ["enable_differential_privacy", "boolean"],
  51: ["differential_privacy_noise_level", "float"],
  52: ["differential_privacy_clipping_threshold", "integer"],
  53: ["pretokenization_delimiter", "string"],
  54: ["seed_sentencepieces_file", "string"],
};

const normalizerFields: Fields = {
  1: ["name", "string"],
  2: ["precompiled_charsmap", "bytes"],
  3: ["add_dummy_prefix", "boolean"],
  4: ["remove_extra_whitespaces", "boolean"],
  5: ["escape_whitespaces", "boolean"],
  6: ["normalization_rule_tsv", "string"],
};

/** The numbers that stand for piece types in the file. */
const pieceTypeCodes: Readonly<Record<PieceType, number>> = {
  normal: 1,
  unknown: 2,
  control: 3,
  "user-defined": 4,
  unused: 5,
  byte: 6,
};

/** Read a .model file. `path` begins every error. */
export function decodeSentencePieceModel(bytes: Uint8Array, path: string): SentencePieceModel {
  const pieces: SentencePieceEntry[] = [];
  let trainer: SentencePieceSettings = {};
  let normalizer: SentencePieceSettings = {};
  let denormalizer: SentencePieceSettings | undefined;
  const source = { bytes, path, place: "the model" };
  readMessage(source, {
    1: bytesField((part) => {
      pieces.push(readPiece({ bytes: part, path, place: `pieces[${pieces.length}]` }));
    }),
    2: bytesField((part) => {
      trainer = readSettings({ bytes: part, path, place: "trainer_spec" }, trainerFields);
    }),
    3: bytesField((part) => {
      normalizer = readSettings({ bytes: part, path, place: "normalizer_spec" }, normalizerFields);
    }),
    5: bytesField((part) => {
      denormalizer = readSettings({ bytes: part, path, place: "denormalizer_spec" }, normalizerFields);
    }),
  });
  if (pieces.length === 0) throw damaged(source, "expected pieces, got none");
  return { pieces, trainer, normalizer, denormalizer };
}

/** The bytes of a .model file. Fields are written in the order of their numbers, as SentencePiece does. */
export function encodeSentencePieceModel(model: SentencePieceModel): Uint8Array {
  const writer = new BinaryWriter();
  for (const { piece, score, type } of model.pieces) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(piece);
    writer.tag(2, WireType.Bit32).float(Math.fround(score));
    // A normal piece is the default, which SentencePiece leaves out.
    if (type !== "normal") writer.tag(3, WireType.Varint).int32(pieceTypeCodes[type]);
    writer.join();
  }
  writeSettings(writer, 2, model.trainer, trainerFields);
  writeSettings(writer, 3, model.normalizer, normalizerFields);
  if (model.denormalizer !== undefined) writeSettings(writer, 5, model.denormalizer, normalizerFields);
  return writer.finish();
}

function readPiece(source: MessageSource): SentencePieceEntry {
  let piece = "";
  let score = 0;
  let code = pieceTypeCodes.normal;
  readMessage(source, {
    1: stringField((value) => {
      piece = value;
    }),
    2: floatField((value) => {
      score = value;
    }),
    3: integerField((value) => {
      code = value;
    }),
  });
  const type = (Object.keys(pieceTypeCodes) as PieceType[]).find((one) => pieceTypeCodes[one] === code);
  if (type === undefined) throw damaged(source, `expected a type of 1 to 6, got ${code}`);
  return { piece, score, type };
}

function readSettings(source: MessageSource, fields: Fields): SentencePieceSettings {
  const settings: Record<string, number | boolean | string | string[] | Uint8Array> = {};
  const readers: Record<number, FieldReader> = {};
  for (const [number, [name, kind]] of Object.entries(fields)) {
    readers[Number(number)] = settingReader(kind, (value) => {
      if (kind !== "strings") settings[name] = value;
      else {
        settings[name] ??= [];
        (settings[name] as string[]).push(value as string);
      }
    });
  }
  readMessage(source, readers satisfies FieldReaders);
  return settings;
}

function settingReader(
  kind: Kind,
  take: (value: number | boolean | string | Uint8Array) => void,
): FieldReader {
  switch (kind) {
    case "integer":
      return integerField(take);
    case "boolean":
      return integerField((value) => take(value !== 0));
    case "float":
      return floatField(take);
    case "string":
    case "strings":
      return stringField(take);
    case "bytes":
      return bytesField(take);
  }
}

function writeSettings(
  writer: BinaryWriter,
  number: number,
  settings: SentencePieceSettings,
  fields: Fields,
): void {
  const known = new Set(Object.values(fields).map(([name]) => name));
  const unknown = Object.keys(settings).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new TsugikiError(`SentencePiece knows no setting ${JSON.stringify(unknown)}`);
  writer.tag(number, WireType.LengthDelimited).fork();
  for (const [key, [name, kind]] of Object.entries(fields)) {
    const value = settings[name];
    if (value === undefined) continue;
    const field = Number(key);
    if (kind === "integer") writer.tag(field, WireType.Varint).int64(value as number);
    else if (kind === "boolean") writer.tag(field, WireType.Varint).bool(value as boolean);
    else if (kind === "float") writer.tag(field, WireType.Bit32).float(Math.fround(value as number));
    else if (kind === "string") writer.tag(field, WireType.LengthDelimited).string(value as string);
    else if (kind === "bytes") writer.tag(field, WireType.LengthDelimited).bytes(value as Uint8Array);
    else for (const text of value as string[]) writer.tag(field, WireType.LengthDelimited).string(text);
  }
  writer.join();
}
