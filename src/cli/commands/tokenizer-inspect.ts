import type { PieceCount, TokenizerReport } from "../../workflows/inspect-tokenizer.js";
import { type TokenizerInspectOptions, tokenizerInspectRows } from "../../workflows/options-tokenizer.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { countText, measureText, percentText, tableText, visibleText } from "../terminal/index.js";
import { commandTexts } from "./command-texts.js";

/** `tsugiki tokenizer inspect`: what comes of a text, in numbers. */
export const tokenizerInspectCommand: Command<TokenizerInspectOptions> = {
  name: "tokenizer inspect",
  summary: "how a tokenizer suits a text: coverage, unknown words, tokens a word",
  options: tokenizerInspectRows,
  examples: [
    "tokenizer inspect --tokenizer my-model --file texts.txt",
    "tokenizer inspect --tokenizer my-model --json < texts.txt",
  ],
  printsResult: true,
  async run(options, { json, output, input }) {
    const { inspectTokenizer } = await import("../../workflows/inspect-tokenizer.js");
    const { openTokenizer } = await import("../../workflows/open-tokenizer.js");
    const texts = commandTexts(options, input);
    const tokenizer = await openTokenizer(options);
    const { listLength = 10 } = options;
    const report = await inspectTokenizer(tokenizer, texts, { listLength });
    output.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${reportText(report)}\n`);
    return exitCodes.done;
  },
};

function reportText(report: TokenizerReport): string {
  const { vocabularySize, usedCount, vocabularyCoverage, unknownCount, unknownRate } = report;
  const facts = [
    ["texts", countText(report.textCount)],
    ["characters", countText(report.characterCount)],
    ["words", countText(report.wordCount), `${percentText(report.wholeWordRate)} are one token`],
    ["tokens", countText(report.tokenCount)],
    ["tokens a character", measureText(report.tokensPerCharacter)],
    ["tokens a word", measureText(report.tokensPerWord)],
    ["unknown", countText(unknownCount), `${percentText(unknownRate)} of the tokens`],
    [
      "vocabulary used",
      countText(usedCount),
      `${percentText(vocabularyCoverage)} of ${countText(vocabularySize)}`,
    ],
  ];
  const pieces = (list: readonly PieceCount[]): string[][] =>
    list.map(({ text, id, count }) => [visibleText(text), countText(id), countText(count)]);
  const tables = [
    { head: ["", "", ""], rows: facts },
    { head: ["longest", "id", "count"], rows: pieces(report.longest) },
    { head: ["rarest", "id", "count"], rows: pieces(report.rarest) },
    {
      head: ["unknown", "count"],
      rows: report.unknownWords.map(({ word, count }) => [visibleText(word), countText(count)]),
    },
  ];
  return tables
    .filter(({ rows }) => rows.length > 0)
    .map((table) =>
      tableText(table)
        .filter((line) => line !== "")
        .join("\n"),
    )
    .join("\n\n");
}
