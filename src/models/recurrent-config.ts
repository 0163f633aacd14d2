import { FileError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import type { Value } from "../engine/index.js";
import { embeddingTable, type RecurrentCell, recurrentCells } from "../nn/index.js";
import { configReader } from "./config.js";

/** What the config.json of every recurrent model says. */
export interface RecurrentConfig {
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly layerCount: number;
  readonly cell: RecurrentCell;
  /** `LSTM`, for descriptions. */
  readonly cellName: string;
  /** Whether the output matrix is the table of word embeddings. */
  readonly isTied: boolean;
  readonly paddingId: number;
  readonly dropout: number;
  readonly initialDeviation: number;
}

/** Read what recurrent models have in common. */
export function readRecurrentConfig(json: JsonObject, place: string): RecurrentConfig {
  const read = configReader(json, place);
  const hiddenSize = read.integer("hidden_size");
  const cellName = read.string("cell_type", "lstm");
  const cell = recurrentCells.get(cellName);
  if (cell === undefined)
    throw new FileError(
      place,
      `cell_type: expected one of ${[...recurrentCells.keys()].join(", ")}, got ${cellName}`,
    );
  const embeddingSize = read.integer("embedding_size", hiddenSize);
  const isTied = json["tie_word_embeddings"] === true;
  if (isTied && embeddingSize !== hiddenSize)
    throw new FileError(place, `embedding_size: expected hidden_size (${hiddenSize}), got ${embeddingSize}`, {
      hint: "an output matrix that is the table of embeddings (tie_word_embeddings) needs both of one size",
    });
  return {
    vocabularySize: read.integer("vocab_size"),
    embeddingSize,
    hiddenSize,
    layerCount: read.integer("num_hidden_layers"),
    cell,
    cellName: cellName.toUpperCase(),
    isTied,
    paddingId: read.number("pad_token_id", 0),
    dropout: read.number("dropout", 0),
    initialDeviation: read.number("initializer_range", 0.1),
  };
}

/** The settings that change a recurrent model's vocabulary size or dropout rate. */
export function recurrentOverrides(changes: {
  readonly vocabularySize?: number;
  readonly dropout?: number;
}): JsonObject {
  const { vocabularySize, dropout } = changes;
  return {
    ...(vocabularySize === undefined ? {} : { vocab_size: vocabularySize }),
    ...(dropout === undefined ? {} : { dropout }),
  };
}

/** The table of word embeddings, `[vocabulary, embedding]`. */
export function wordEmbeddings(config: RecurrentConfig): Value {
  const { vocabularySize, embeddingSize, initialDeviation } = config;
  return embeddingTable("embeddings", vocabularySize, embeddingSize, initialDeviation);
}

/** The output matrix `[vocabulary, hidden]`: the table of embeddings, or `prediction.weight`. */
export function outputMatrix(config: RecurrentConfig): Value {
  const { vocabularySize, hiddenSize, isTied, initialDeviation } = config;
  return isTied
    ? wordEmbeddings(config)
    : embeddingTable("prediction", vocabularySize, hiddenSize, initialDeviation);
}
