import { OptionError } from "../../base/index.js";
import { type TokenizerTrainOptions, tokenizerTrainRows } from "../../workflows/options-tokenizer-train.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { shellLine } from "../shell-text.js";
import { countText, durationText, largeCountText, percentText, visibleText } from "../terminal/index.js";

/** `tsugiki tokenizer train`: from text files to a folder of tokenizer files. */
export const tokenizerTrainCommand: Command<TokenizerTrainOptions> = {
  name: "tokenizer train",
  summary: "learn a tokenizer from text",
  options: tokenizerTrainRows,
  examples: [
    "tokenizer train --model wordpiece --vocab-size 8000 --train-file 'texts/*.txt' --output my-tokenizer",
    "tokenizer train -m wordpiece --no-lowercase --train-file rows.jsonl.gz --text-column body -o cased",
    "tokenizer train -m bpe --form sentencepiece --train-file 'texts/*.txt' --output ja.model",
    "tokenizer train --model word --output words < texts.txt",
  ],
  stopsAtOnce: true,
  async run(options, { json, output, input, reporter, signal, clock }) {
    const { trainTokenizerFiles } = await import("../../workflows/train-tokenizer.js");
    if (options.train === undefined && input.isTTY === true) {
      throw new OptionError("expected texts to learn from, got none", {
        hint: "name files by --train-file, or give lines on standard input",
      });
    }
    const started = clock();
    const learning = trainTokenizerFiles(options, {
      standardInput: input,
      signal,
      onProgress: ({ phase, done, total, wordCount }) =>
        reporter.progress({
          label: phase === "count" ? "texts" : "tokens",
          done,
          total,
          facts: phase === "count" ? [`${largeCountText(wordCount)} words`] : [],
        }),
    });
    const learnt = await learning.catch((error) => {
      if (signal.aborted && error === signal.reason) reporter.line("stopped; no tokenizer was written");
      throw error;
    });
    const { tokenizer, directory, files, textCount, wordCount, sample } = learnt;
    const seconds = (clock() - started) / 1000;
    if (sample !== undefined) {
      const words = `${countText(sample.keptCount)} of ${countText(sample.distinctCount)} distinct words`;
      const share = `${percentText(sample.share)} of all words were learnt from`;
      reporter.warning(`a sample: ${words}, ${share}; --sample-limit takes more, and more memory`);
    }
    if (json) {
      const { vocabularySize } = tokenizer;
      const result = { directory, files, vocabularySize, textCount, wordCount, sample, seconds };
      output.write(`${JSON.stringify(result, null, 2)}\n`);
    }
    reporter.section("data", [
      [`${countText(textCount)} texts`, `${countText(wordCount)} words`, durationText(seconds)],
    ]);
    reporter.section("saved", [
      [visibleText(directory), `${countText(tokenizer.vocabularySize)} tokens`, files.join(", ")],
    ]);
    reporter.section("next", [
      shellLine(["tokenizer", "inspect", "--tokenizer", directory, "--file", "FILE"]),
    ]);
    return exitCodes.done;
  },
};
