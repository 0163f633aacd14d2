import { type ScoreOptions, scoreRows } from "../../workflows/options-score.js";
import type { TextInput } from "../../workflows/text-inputs.js";
import type { TextScore } from "../../workflows/text-scores.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { countText } from "../terminal/index.js";
import { commandTexts } from "./command-texts.js";

/** How many texts are scored before they are shown: those of like length go together. */
const chunkSize = 256;

/** `tsugiki score`: a line of numbers for each text, with --json a line of JSON. */
export const scoreCommand: Command<ScoreOptions> = {
  name: "score",
  summary: "how likely texts are: log-probability, perplexity, bits per byte",
  options: scoreRows,
  examples: [
    'score --model my-model "He is tall." "He are tall."',
    "score --model my-model --json < sentences.txt",
    "score --model translator --file pairs.tsv --text-column en --pair-column ja",
  ],
  printsResult: true,
  async run(options, { json, output, input, signal, reporter }) {
    const { loadScorer, totalScore } = await import("../../workflows/text-scores.js");
    const texts = commandTexts(options, input);
    const scorer = await loadScorer(options.model, options);
    const all: TextScore[] = [];
    try {
      if (!json) output.write("log-probability\tperplexity\tbits/byte\ttokens\ttext\n");
      let chunk: TextInput[] = [];
      const flush = async (): Promise<void> => {
        for (const score of await scorer.score(chunk)) {
          output.write(json ? `${JSON.stringify(score)}\n` : lineOf(score));
          all.push(score);
        }
        chunk = [];
      };
      for await (const text of texts) {
        if (signal.aborted) return exitCodes.interrupted;
        chunk.push(text);
        if (chunk.length === chunkSize) await flush();
      }
      await flush();
      const { perplexity, bitsPerByte, tokenCount } = totalScore(all);
      reporter.line(
        `${countText(all.length)} texts, ${countText(tokenCount)} tokens: perplexity ${perplexity.toFixed(3)}, ${bitsPerByte.toFixed(4)} bits per byte`,
      );
      return exitCodes.done;
    } finally {
      await scorer.close();
    }
  },
};

function lineOf({ logProbability, perplexity, bitsPerByte, tokenCount, text, pair }: TextScore): string {
  const numbers = [
    logProbability.toFixed(4),
    perplexity.toFixed(4),
    bitsPerByte.toFixed(4),
    String(tokenCount),
  ];
  const line = (pair ?? text).replaceAll("\r", "\\r").replaceAll("\n", "\\n");
  return `${[...numbers, line].join("\t")}\n`;
}
