import type { JsonObject } from "../../base/index.js";
import { type GenerateOptions, generateRows } from "../../workflows/options-generate.js";
import type { GeneratedTexts, TextGenerator } from "../../workflows/text-generator.js";
import type { Command, CommandContext } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { countText } from "../terminal/index.js";
import { commandTexts, wholeTexts } from "./command-texts.js";

/** `tsugiki generate`: a prompt's text as it is written; of several prompts a line each, with --json a line of JSON. */
export const generateCommand: Command<GenerateOptions> = {
  name: "generate",
  summary: "write texts after prompts: go on, translate, summarise",
  options: generateRows,
  examples: [
    'generate --model my-model --prompt "Once upon a time" --max-new-tokens 60 --temperature 0.8',
    "generate --model translator --beams 4 --best 2 < sentences.txt",
    "generate --model summarizer --file articles.jsonl --text-column article --json --min-new-tokens 20",
    "generate --model my-model --examples solved.tsv --template 'Q: {question}\\nA: {answer}' 'Who wrote it?'",
  ],
  printsResult: true,
  async run(options, context) {
    const { loadGenerator } = await import("../../workflows/text-generator.js");
    const { generateEach, promptMaker } = await import("../../workflows/generate.js");
    const { json, output, input, signal, reporter, clock } = context;
    const given = options.wholeFiles === true ? wholeTexts(options, input) : commandTexts(options, input);
    const maker = await promptMaker(options);
    const generator = await loadGenerator(options.model, options);
    const settings = { ...maker.options, ...options };
    const { ignored, prefixedTasks } = generator.defaults;
    const make = (text: string): string => maker.make(text, generator.prefix);
    const lacksPrefix = options.prefix === undefined && generator.prefix === "";
    if (lacksPrefix && options.task === undefined && prefixedTasks.length > 0)
      reporter.warning(
        `config.json has a prefix for each of the tasks ${prefixedTasks.join(", ")}; none is put before the text without --task or --prefix`,
      );
    for (const key of ignored)
      reporter.warning(
        `${key} in the model's generation_config.json asks for something that is not done here`,
      );
    try {
      const only = options.texts?.length === 1 && options.files === undefined ? options.texts[0] : undefined;
      const isOne = (settings.returnCount ?? 1) === 1 && (settings.beamCount ?? 1) === 1;
      if (only !== undefined && isOne && !json)
        return await showStream(generator, make(only), settings, context);
      const prompts = (async function* (): AsyncGenerator<string> {
        for await (const { text } of given) yield make(text);
      })();
      const started = clock();
      let [promptCount, tokenCount, truncatedCount] = [0, 0, 0];
      for await (const result of generateEach(generator, prompts, settings, signal)) {
        output.write(json ? `${JSON.stringify(describe(result, generator))}\n` : linesOf(result, settings));
        promptCount++;
        truncatedCount += Math.min(1, result.truncatedCount);
        tokenCount += result.texts.reduce((sum, { ids }) => sum + ids.length, 0);
      }
      if (truncatedCount > 0)
        reporter.warning(`${countText(truncatedCount)} of ${countText(promptCount)} prompts were truncated`);
      reporter.line(speedText(tokenCount, clock() - started));
      return exitCodes.done;
    } finally {
      await generator.close();
    }
  },
};

/** Show a text as it is written. */
async function showStream(
  generator: TextGenerator,
  prompt: string,
  options: GenerateOptions,
  { output, signal, reporter, clock }: CommandContext,
): Promise<number> {
  const started = clock();
  const pieces = generator.stream(prompt, { ...options, signal });
  try {
    for (;;) {
      const { value, done } = await pieces.next();
      if (done !== true) output.write(value);
      else {
        reporter.line(speedText(value.ids.length, clock() - started));
        return exitCodes.done;
      }
    }
  } finally {
    output.write("\n"); // also where Ctrl-C ends it
  }
}

/** A line for each text; with its score where there are several. */
function linesOf({ texts }: GeneratedTexts, { returnCount = 1 }: GenerateOptions): string {
  const lines = texts.map(({ text, score }) => {
    const line = text.replaceAll("\r", "\\r").replaceAll("\n", "\\n");
    return returnCount > 1 ? `${score.toFixed(4)}\t${line}\n` : `${line}\n`;
  });
  return lines.join("");
}

function describe(
  { prompt, texts, truncatedCount }: GeneratedTexts,
  { tokenizer }: TextGenerator,
): JsonObject {
  return {
    prompt,
    texts: texts.map(({ text, score, end, ids }) => ({
      ...{ text, score, end },
      ids: [...ids],
      tokens: ids.map((id) => tokenizer.idToToken(id) ?? null),
    })),
    truncated: truncatedCount > 0,
  };
}

function speedText(tokenCount: number, milliseconds: number): string {
  const seconds = milliseconds / 1000;
  const speed = seconds > 0 ? `, ${(tokenCount / seconds).toFixed(1)} tokens a second` : "";
  return `${countText(tokenCount)} tokens in ${seconds.toFixed(1)} s${speed}`;
}
