import { parseJsonObject } from "../../base/index.js";
import type { Pipeline, TokenizerSettings } from "../pipeline.js";
import { PipelineTokenizer } from "../pipeline-tokenizer.js";
import { dictionaryRecordFile } from "./dictionary-record.js";

/**
 * A tokenizer whose files are those of Python's BertJapaneseTokenizer: it has no tokenizer.json, as that has
 * no word for morphological analysis.
 */
export class BertJapaneseTokenizer extends PipelineTokenizer {
  readonly #dictionaryRecord: string | undefined;

  /** `dictionaryRecord` is the text of the file that names the dictionary, where the tokenizer has one. */
  constructor(pipeline: Pipeline, settings: TokenizerSettings, dictionaryRecord: string | undefined) {
    super(pipeline, settings);
    this.#dictionaryRecord = dictionaryRecord;
  }

  override toFiles(): Map<string, string> {
    const files = super.toFiles();
    files.delete("tokenizer.json");
    const name = "tokenizer_config.json";
    const config = {
      ...parseJsonObject(files.get(name)!, name),
      tokenizer_class: "BertJapaneseTokenizer",
    };
    files.set(name, `${JSON.stringify(config, null, 2)}\n`);
    if (this.#dictionaryRecord !== undefined) files.set(dictionaryRecordFile, this.#dictionaryRecord);
    return files;
  }
}
