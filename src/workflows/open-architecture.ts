import { dirname } from "node:path";
import { type JsonObject, parseJsonObject } from "../base/index.js";
import { isFile, readTextFile } from "../hub/files-read.js";
import { type Architecture, architectureOf } from "../models/index.js";
import { presetOf, unknownPreset } from "../models/presets.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { networkOf, type OpenModel, type OpenModelOptions } from "./open-model.js";
import { textBounds } from "./text-bounds.js";

/**
 * A model that has no weights yet: `path` is a file in the form of config.json, or the name of a preset. What it does not
 * say of the vocabulary is the tokenizer's: its size, and the tokens that pad, begin and end a text.
 */
export async function openArchitecture(
  path: string,
  { changes = {} }: OpenModelOptions = {},
): Promise<OpenModel> {
  const given = presetOf(path) ?? (await readArchitecture(path));
  const architecture = architectureOf(given, path);
  const { tokenizer, dropout, pooling } = changes;
  const filled: JsonObject = {
    ...(tokenizer === undefined ? {} : vocabularyFields(given, tokenizer, architecture)),
    ...given,
  };
  const tokenCount = tokenizer?.vocabularySize ?? 0;
  const isLonger = tokenCount > architecture.readConfig(filled, path).vocabularySize;
  const overrides = architecture.overrides({
    ...(isLonger ? { vocabularySize: tokenCount } : {}),
    ...(pooling === undefined ? {} : { pooling }),
  });
  const config = { ...filled, ...overrides };
  return {
    name: path,
    directory: dirname(path),
    commit: undefined,
    isNew: true,
    config,
    configPath: path,
    architecture,
    ...networkOf({ architecture, config, configPath: path }, dropout),
    addedTokenCount: 0,
    readWeights: async () => new Map(),
    readText: async () => undefined,
  };
}

async function readArchitecture(path: string): Promise<JsonObject> {
  if (!path.includes("/") && !path.includes(".") && !(await isFile(path))) throw unknownPreset(path);
  return parseJsonObject(await readTextFile(path, 10_000_000), path);
}

function vocabularyFields(given: JsonObject, tokenizer: Tokenizer, architecture: Architecture): JsonObject {
  const { beginId, endId } = textBounds(given, tokenizer);
  const paddingId = tokenizer.special.pad?.id;
  const startId = paddingId ?? beginId; // what a decoder beside an encoder begins with, as T5 and Marian have it
  return {
    vocab_size: tokenizer.vocabularySize,
    ...(beginId === undefined ? {} : { bos_token_id: beginId }),
    ...(endId === undefined ? {} : { eos_token_id: endId }),
    ...(paddingId === undefined ? {} : { pad_token_id: paddingId }),
    ...(startId === undefined || !architecture.classNames.has("sequence-to-sequence")
      ? {}
      : { decoder_start_token_id: startId }),
  };
}
