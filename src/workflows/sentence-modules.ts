import { join } from "node:path";
import { FileError, isJsonObject, type JsonObject, parseJson, parseJsonObject } from "../base/index.js";
import { isFile, readTextFile } from "../hub/files-read.js";
import type { Pooling } from "../nn/pooling-names.js";

/** What a model of sentence-transformers says of itself beside its weights; each undefined where it does not. */
export interface SentenceModules {
  readonly pooling: Pooling | undefined;
  readonly normalize: boolean | undefined;
  readonly maxLength: number | undefined;
}

const sizeLimit = 1_000_000;

/** Read `modules.json`, `1_Pooling/config.json` and `sentence_bert_config.json` of a model directory. */
export async function readSentenceModules(directory: string): Promise<SentenceModules> {
  const place = join(directory, "modules.json");
  const settings = await readIfThere(join(directory, "sentence_bert_config.json"));
  const length = settings?.["max_seq_length"];
  const maxLength = Number.isSafeInteger(length) ? (length as number) : undefined;
  if (!(await isFile(place))) return { pooling: undefined, normalize: undefined, maxLength };
  const modules = parseJson(await readTextFile(place, sizeLimit), place);
  if (!Array.isArray(modules)) throw new FileError(place, "expected a list of modules");
  const kinds = modules.map((module) => {
    const type = isJsonObject(module) ? String(module["type"] ?? "") : "";
    const path = isJsonObject(module) ? String(module["path"] ?? "") : "";
    return { kind: type.split(".").at(-1)!, path };
  });
  const other = kinds.find(({ kind }) => !["Transformer", "Pooling", "Normalize"].includes(kind));
  if (other !== undefined)
    throw new FileError(place, `expected modules Transformer, Pooling and Normalize, got ${other.kind}`, {
      hint: "a model with further layers behind its pooling is not supported",
    });
  const pooling = kinds.find(({ kind }) => kind === "Pooling");
  return {
    pooling:
      pooling === undefined ? undefined : await readPooling(join(directory, pooling.path, "config.json")),
    normalize: kinds.some(({ kind }) => kind === "Normalize"),
    maxLength,
  };
}

const modes: Readonly<Record<string, Pooling>> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_max_tokens: "max",
  pooling_mode_mean_sqrt_len_tokens: "mean-sqrt-length",
  pooling_mode_weightedmean_tokens: "weighted-mean",
  pooling_mode_lasttoken: "last",
};

async function readPooling(place: string): Promise<Pooling> {
  const config = (await readIfThere(place)) ?? {};
  const chosen = Object.entries(modes).filter(([key]) => config[key] === true);
  if (chosen.length === 1) return chosen[0]![1];
  throw new FileError(place, `expected one way of pooling, got ${chosen.length}`, {
    hint: `name one: --pooling ${Object.values(modes).join("|")}`,
  });
}

async function readIfThere(place: string): Promise<JsonObject | undefined> {
  return (await isFile(place)) ? parseJsonObject(await readTextFile(place, sizeLimit), place) : undefined;
}
