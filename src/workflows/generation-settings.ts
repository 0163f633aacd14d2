import { join } from "node:path";
import { FileError, isJsonObject, type JsonObject, OptionError, parseJsonObject } from "../base/index.js";
import { describeJson } from "../base/json.js";
import { type GenerationDefaults, readGenerationConfig } from "../generation/generation-config.js";
import type { GenerationSettings } from "../generation/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { unescaped } from "./few-shot.js";
import type { OpenModel } from "./open-model.js";
import { type GenerationOptions, generationSpecs } from "./options-generation.js";
import { textBounds } from "./text-bounds.js";

/** What a model says of how it is used. */
export interface ModelDefaults extends GenerationDefaults {
  /** What it was taught to read before each text; of T5 `summarize: `, say. */
  readonly prefix: string;
  /** Tasks that its config.json has a prefix of their own for. */
  readonly prefixedTasks: readonly string[];
}

/**
 * What a model says of how it is used: its generation_config.json, or where it is older its config.json, and over these
 * what `task_specific_params` there has for a task. Tokens that none of them names are those that tokenizers usually
 * have.
 */
export async function generationDefaults(
  model: OpenModel,
  tokenizer: Tokenizer,
  task?: string,
): Promise<ModelDefaults> {
  const name = "generation_config.json";
  const [place, text] = [join(model.directory, name), await model.readText(name)];
  const older = readGenerationConfig(model.config, model.configPath);
  const tasks = taskParameters(model);
  const said = task === undefined ? {} : tasks.get(task);
  if (said === undefined)
    throw new OptionError(
      `--task: expected one that config.json has settings for (${[...tasks.keys()].join(", ") || "none"}), got ${task}`,
    );
  const base = text === undefined ? model.config : parseJsonObject(text, place);
  const own = readGenerationConfig({ ...base, ...said }, text === undefined ? model.configPath : place);
  const { beginId, endId } = textBounds(model.config, tokenizer);
  const endTokens =
    own.settings.endTokens ?? older.settings.endTokens ?? (endId === undefined ? [] : [endId]);
  const beginToken = own.beginToken ?? older.beginToken ?? beginId;
  return {
    ...own,
    settings: { ...own.settings, endTokens },
    beginToken,
    startToken: own.startToken ?? older.startToken ?? beginToken,
    paddingToken: own.paddingToken ?? older.paddingToken,
    prefix: [said, model.config].map(prefixOf).find((found) => found !== undefined) ?? "",
    prefixedTasks: [...tasks].flatMap(([name, fields]) => (prefixOf(fields) === undefined ? [] : [name])),
  };
}

/** What config.json has for tasks by their names. */
function taskParameters({ config, configPath }: OpenModel): ReadonlyMap<string, JsonObject> {
  const given = config["task_specific_params"] ?? {};
  const fields = isJsonObject(given) ? Object.entries(given) : undefined;
  const wrong = fields?.find(([, value]) => !isJsonObject(value));
  if (fields !== undefined && wrong === undefined) return new Map(fields as [string, JsonObject][]);
  throw new FileError(
    configPath,
    `task_specific_params: expected an object of one object a task, got ${describeJson(wrong?.[1] ?? given)}`,
  );
}

/** `source_prefix` is ours, `prefix` that of Python's transformers. */
function prefixOf(fields: JsonObject): string | undefined {
  const found = [fields["source_prefix"], fields["prefix"]].find((value) => typeof value === "string");
  return found === "" ? undefined : (found as string | undefined);
}

/** Options that narrow down what is drawn from: who gives one wants to draw. */
const drawingOptions = [
  "temperature",
  "topK",
  "topP",
  "minP",
  "typicalP",
  "epsilonCutoff",
  "etaCutoff",
] as const satisfies readonly (keyof GenerationOptions)[];

/** What generation is told: the options over what the model says, with texts as the tokens of a tokenizer. */
export function generationSettings(
  options: GenerationOptions,
  defaults: GenerationDefaults,
  tokenizer: Tokenizer,
  positionCount: number,
): GenerationSettings {
  const { stop, badWords, choices, allowedCharacters, firstToken, maxLength, ...same } = given(options);
  const { settings } = defaults;
  const draws = drawingOptions.some((key) => options[key] !== undefined);
  // a number of new tokens wins over a length of the whole that the model's file has
  const bound = maxLength ?? (same.maxNewTokens === undefined ? settings.maxLength : undefined);
  return {
    topK: 50, // as Python's transformers has it where nobody says anything
    ...settings,
    returnCount: 1,
    ...(bound === undefined ? {} : { maxNewTokens: bound }),
    ...same,
    maxLength: Math.min(positionCount, bound ?? Infinity),
    sample: options.sample ?? (draws || settings.sample === true),
    ...(stop === undefined ? {} : { stopStrings: stop.map(unescaped) }),
    ...(badWords === undefined ? {} : { badWords: badWords.flatMap((text) => spellings(text, tokenizer)) }),
    ...(choices === undefined
      ? {}
      : { allowedSequences: choices.flatMap((text) => spellings(text, tokenizer)) }),
    ...(allowedCharacters === undefined ? {} : { allowedTokens: tokensMadeOf(allowedCharacters, tokenizer) }),
    ...(firstToken === undefined ? {} : { forcedFirstToken: tokenNamed(firstToken, tokenizer) }),
  };
}

/** The options of generation among others, as far as they are given. */
function given(options: GenerationOptions): GenerationOptions {
  const entries = Object.entries(options).filter(
    ([key, value]) => key in generationSpecs && value !== undefined,
  );
  return Object.fromEntries(entries) as GenerationOptions;
}

/** A text as tokens: as it stands at the beginning, and as it stands after a space where that differs. */
function spellings(text: string, tokenizer: Tokenizer): number[][] {
  const written = [text, ` ${text}`].map((one) => [...tokenizer.encode(one, { specialTokens: false }).ids]);
  const [plain, afterSpace] = written as [number[], number[]];
  const both = plain.join() === afterSpace.join() ? [plain] : [plain, afterSpace];
  return both.filter((ids) => ids.length > 0);
}

/** The tokens whose text has no other characters; a space may stand in front. */
function tokensMadeOf(characters: string, tokenizer: Tokenizer): number[] {
  const allowed = new Set(characters);
  const found: number[] = [];
  for (let id = 0; id < tokenizer.vocabularySize; id++) {
    if (tokenizer.isSpecial(id)) continue;
    const text = tokenizer.decode([id]).trimStart();
    if (text !== "" && [...text].every((character) => allowed.has(character))) found.push(id);
  }
  if (found.length > 0) return found;
  throw new OptionError(
    `--allowed-characters: the vocabulary has no token made of ${JSON.stringify(characters)}`,
  );
}

function tokenNamed(token: string, tokenizer: Tokenizer): number {
  const id = tokenizer.tokenToId(token);
  if (id !== undefined) return id;
  throw new OptionError(`--first-token: the vocabulary has no token ${JSON.stringify(token)}`, {
    hint: "see its tokens with: npx tsugiki tokenizer encode --tokenizer MODEL ...",
  });
}
