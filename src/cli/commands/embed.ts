import type { EmbeddedText } from "../../workflows/embedder.js";
import { type EmbedOptions, embedRows } from "../../workflows/options-embed.js";
import type { TextInput } from "../../workflows/text-inputs.js";
import type { Command } from "../command.js";
import { exitCodes } from "../exit-codes.js";
import { countText, measureText, tableText, visibleText } from "../terminal/index.js";
import { commandTexts } from "./command-texts.js";

/** How many texts are embedded at a time: those of like length go together. */
const chunkSize = 4096;
/** Up to so many texts are compared with each other where nothing else is asked for. */
const comparedCount = 12;

/** `tsugiki embed`: vectors of texts, to a file or as lines of JSON; of a few texts, how alike they are. */
export const embedCommand: Command<EmbedOptions> = {
  name: "embed",
  summary: "turn texts into vectors",
  options: embedRows,
  examples: [
    'embed --model all-MiniLM-L6-v2 "a dog runs" "a puppy is running" "stocks fell"',
    "embed --model all-MiniLM-L6-v2 --file corpus.jsonl --output-file vectors.safetensors",
    "embed --model my-encoder --pooling cls --json < texts.txt",
  ],
  printsResult: true,
  async run(options, { json, output, input, signal, reporter }) {
    const { loadEmbedder } = await import("../../workflows/embedder.js");
    const { checkEmbeddingFile, embeddingLine, writeEmbeddings } = await import(
      "../../workflows/embedding-files.js"
    );
    const { checkOutputFile } = await import("../../workflows/evaluate.js");
    const { outputFile } = options;
    checkEmbeddingFile(outputFile);
    await checkOutputFile(options);
    const texts = commandTexts(options, input);
    const embedder = await loadEmbedder(options.model, options);
    const kept: EmbeddedText[] = [];
    let [count, truncated] = [0, 0];
    try {
      reporter.section("model", [[visibleText(options.model), embedder.description]]);
      reporter.section("runtime", [embedder.runtime]);
      for await (const chunk of chunks(texts)) {
        if (signal.aborted) return exitCodes.interrupted;
        for (const embedded of await embedder.embed(chunk)) {
          count++;
          if (embedded.truncatedCount > 0) truncated++;
          if (json) output.write(`${embeddingLine(embedded)}\n`);
          if (outputFile !== undefined || kept.length <= comparedCount) kept.push(embedded);
        }
      }
      if (outputFile !== undefined) {
        await writeEmbeddings(outputFile, kept, embedder.size);
        reporter.section("saved", [[visibleText(outputFile), `${countText(count)} x ${embedder.size}`]]);
      } else if (!json) {
        output.write(`${tableText(likenessTable(kept.slice(0, comparedCount))).join("\n")}\n`);
        if (count > comparedCount)
          reporter.line(
            `the first ${comparedCount} texts; --output-file or --json gives the vectors of all ${countText(count)}`,
          );
      }
      if (truncated > 0)
        reporter.warning(`${countText(truncated)} of ${countText(count)} texts were truncated`);
      return exitCodes.done;
    } finally {
      await embedder.close();
    }
  },
};

async function* chunks(texts: AsyncIterable<TextInput>): AsyncGenerator<TextInput[]> {
  let chunk: TextInput[] = [];
  for await (const text of texts) {
    chunk.push(text);
    if (chunk.length === chunkSize) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** The cosine of each pair of texts. */
function likenessTable(texts: readonly EmbeddedText[]): { head: string[]; rows: string[][] } {
  return {
    head: ["", ...texts.map((_, i) => `${i + 1}`), "text"],
    rows: texts.map((text, i) => [
      `${i + 1}`,
      ...texts.map((other) => measureText(cosine(text.embedding, other.embedding))),
      visibleText([...text.text].slice(0, 60).join("")),
    ]),
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    squaresA += a[i]! * a[i]!;
    squaresB += b[i]! * b[i]!;
  }
  return dot / Math.sqrt(squaresA * squaresB);
}
