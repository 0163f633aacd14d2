import { FileError, parseJsonObject } from "../../base/index.js";
import { choiceField, stringField } from "../step-fields.js";
import type { JapaneseAnalyzer } from "./analyzer.js";
import { needsJapaneseDictionary } from "./bert-japanese-config.js";
import type { JapaneseDictionary } from "./dictionary.js";
import type { IpadicEditionName } from "./ipadic-editions.js";

/**
 * The file beside a tokenizer's own that says with which dictionary it was made: with another one the same
 * text has other words. Python takes no notice of it.
 */
export const dictionaryRecordFile = "japanese_dictionary.json";

/** What a tokenizer takes from the dictionary; both undefined where it does without. */
export interface ChosenDictionary {
  readonly analyzer: JapaneseAnalyzer | undefined;
  /** The text of the file that names the dictionary. */
  readonly record: string | undefined;
}

/**
 * Choose the edition that a tokenizer needs. Without a record it is the one of Python, for which the
 * published models were made. A record of another dictionary is refused.
 */
export function chooseDictionary(
  files: ReadonlyMap<string, string>,
  dictionary: JapaneseDictionary | undefined,
  place: string,
): ChosenDictionary {
  if (dictionary === undefined || !needsJapaneseDictionary(files, place)) {
    return { analyzer: undefined, record: undefined };
  }
  const text = files.get(dictionaryRecordFile);
  const edition =
    text === undefined ? "python" : readRecord(text, dictionary, `${place}/${dictionaryRecordFile}`);
  return { analyzer: dictionary.analyzer(edition), record: text ?? writeRecord(dictionary, edition) };
}

function writeRecord(dictionary: JapaneseDictionary, edition: IpadicEditionName): string {
  const record = { version: 1, name: dictionary.name, edition, fingerprint: dictionary.fingerprint(edition) };
  return `${JSON.stringify(record, null, 2)}\n`;
}

function readRecord(text: string, dictionary: JapaneseDictionary, place: string): IpadicEditionName {
  const json = parseJsonObject(text, place);
  const edition = choiceField(json, "edition", ["debian", "python"], place);
  const needed = `${stringField(json, "name", place)} ${stringField(json, "fingerprint", place)}`;
  const given = `${dictionary.name} ${dictionary.fingerprint(edition)}`;
  if (json["version"] === 1 && needed === given) return edition;
  throw new FileError(place, `expected the dictionary ${given}, as it is loaded, got ${needed}`, {
    hint: "Load the dictionary the tokenizer was made with; delete this file only if other words will do.",
  });
}
