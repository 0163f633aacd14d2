import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { repository } from "../../test/shared.js";
import { trainTokenizerFiles } from "./train-tokenizer.js";

const folder = mkdtempSync(join(tmpdir(), "tsugiki-train-"));
after(() => rmSync(folder, { recursive: true }));
process.env["TMPDIR"] = folder; // so that what is left there is ours

/** A text whose words take some seconds to be merged. */
const corpus = join(folder, "corpus.txt");
let state = 1;
const letter = (): string => {
  state = (state * 48271) % 0x7fffffff;
  return "abcdefghijklmnopqrstuvwxyz"[state % 26]!;
};
const line = (): string =>
  Array.from({ length: 400 }, () => (state % 9 === 0 ? " " : letter()) + letter()).join("");
writeFileSync(corpus, Array.from({ length: 1000 }, line).join("\n"));

const learnt = (name: string) => ({
  model: "bpe",
  vocabularySize: 30_000,
  minFrequency: 1,
  train: [corpus],
  outputDirectory: join(folder, name),
});

const left = (): string[] => readdirSync(folder).filter((name) => /learn-|words-|unfinished/.test(name));

describe("learning a tokenizer", () => {
  test("tells how it goes, and is over at once where it is aborted", async () => {
    const stop = new AbortController();
    const phases = new Set<string>();
    let abortedAt = 0;
    const learning = trainTokenizerFiles(learnt("aborted"), {
      signal: stop.signal,
      onProgress: ({ phase, done, total }) => {
        phases.add(phase);
        if (phase !== "learn" || done < 400 || stop.signal.aborted) return;
        assert.equal(total, 30_000);
        abortedAt = performance.now();
        stop.abort();
      },
    });
    await assert.rejects(learning, { name: "AbortError" });
    assert.ok(performance.now() - abortedAt < 1000);
    assert.deepEqual([...phases], ["count", "learn"]);
    assert.ok(!existsSync(join(folder, "aborted")));
    assert.deepEqual(left(), []);
    await assert.rejects(trainTokenizerFiles(learnt("never"), { signal: stop.signal }), {
      name: "AbortError",
    });
  });

  test("an error of the thread keeps its hint", async () => {
    const small = { ...learnt("small"), vocabularySize: 3 };
    await assert.rejects(trainTokenizerFiles(small), { name: "OptionError", hint: /./ });
    async function* broken(): AsyncGenerator<string> {
      yield "a b\n";
      throw new Error("the pipe broke");
    }
    const { train: _, ...fromInput } = learnt("broken");
    await assert.rejects(trainTokenizerFiles(fromInput, { standardInput: broken() }), /the pipe broke/);
    assert.ok(!existsSync(join(folder, "broken")));
  });

  test("Ctrl-C ends the program with 130 and a line, and nothing is written", async () => {
    const output = join(folder, "interrupted");
    const long = join(folder, "long.txt");
    writeFileSync(long, Array.from({ length: 6000 }, line).join("\n"));
    const words = [
      "tokenizer",
      "train",
      "-m",
      "bpe",
      "--train-file",
      long,
      "-o",
      output,
      "--min-frequency",
      "1",
    ];
    const program = spawn(process.execPath, [join(repository, "bin", "tsugiki.js"), ...words]);
    let text = "";
    program.stdout.on("data", (chunk) => {
      if (text === "") program.kill("SIGINT"); // at the first line of progress
      text += chunk;
    });
    const [code] = await once(program, "close");
    assert.equal(code, 130, text);
    assert.match(text, /tokens +[1-9]?[0-9] %\n[\s\S]*stopped; no tokenizer was written\n/);
    assert.ok(!existsSync(output));
    assert.deepEqual(left(), []);
  });
});
