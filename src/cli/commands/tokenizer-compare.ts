import { writeFileAtomically } from "../../hub/index.js";
import { tokenComparisonHtml } from "../../pictures/token-comparison-html.js";
import type { TokenizerComparison } from "../../workflows/compare-tokenizers.js";
import { type TokenizerCompareOptions, tokenizerCompareRows } from "../../workflows/options-tokenizer.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { countText, measureText, percentText, tableText, visibleText } from "../terminal/index.js";
import { commandTexts } from "./command-texts.js";

/** `tsugiki tokenizer compare`: a table of the whole, and a page of the first texts. */
export const tokenizerCompareCommand: Command<TokenizerCompareOptions> = {
  name: "tokenizer compare",
  summary: "several tokenizers on the same text, as a table and a coloured page",
  options: tokenizerCompareRows,
  examples: [
    "tokenizer compare --tokenizer bert-base-uncased,my-model --file texts.txt --output-file pieces.html",
    'tokenizer compare -t bert-base-uncased -t gpt2 "Grafting joins two plants."',
  ],
  printsResult: true,
  async run(options, { json, output, input, reporter }) {
    const { compareTokenizers } = await import("../../workflows/compare-tokenizers.js");
    const { checkOutputFile } = await import("../../workflows/evaluate.js");
    const { openTokenizer } = await import("../../workflows/open-tokenizer.js");
    const { tokenizers, outputFile, shownCount = 100 } = options;
    await checkOutputFile(options);
    const texts = commandTexts(options, input);
    const named = [];
    for (const name of tokenizers)
      named.push({ name, tokenizer: await openTokenizer({ ...options, tokenizer: name }) });
    const comparison = await compareTokenizers(named, texts, { shownCount });
    output.write(json ? `${JSON.stringify(comparison, null, 2)}\n` : `${comparisonText(comparison)}\n`);
    if (outputFile !== undefined) {
      await writeFileAtomically(outputFile, [tokenComparisonHtml(comparison.shown)]);
      reporter.section("saved", [
        [visibleText(outputFile), `${countText(comparison.shown.texts.length)} texts`],
      ]);
    }
    return exitCodes.done;
  },
};

/** All tokenizers in a table and, of a few texts, the pieces. */
function comparisonText({ reports, shown }: TokenizerComparison): string {
  const table = tableText({
    head: ["tokenizer", "tokens", "a character", "a word", "unknown", "vocabulary used"],
    rows: reports.map((report) => [
      visibleText(report.name),
      countText(report.tokenCount),
      measureText(report.tokensPerCharacter),
      measureText(report.tokensPerWord),
      percentText(report.unknownRate),
      `${countText(report.usedCount)} of ${countText(report.vocabularySize)}`,
    ]),
  });
  const texts = shown.texts.slice(0, 3).map(({ rows }) =>
    tableText({
      head: ["", ""],
      rows: rows.map((pieces, i) => [
        visibleText(shown.names[i]!),
        pieces.map(({ token }) => visibleText(token)).join(" "),
      ]),
    }).filter((line) => line !== ""),
  );
  return [table, ...texts].map((lines) => lines.join("\n")).join("\n\n");
}
