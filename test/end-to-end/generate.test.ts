// Texts written and scored by whole workflows and commands, with tiny models of both kinds.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { OptionError } from "../../src/base/index.js";
import { runProgram } from "../../src/cli/run-program.js";
import { generate } from "../../src/workflows/generate.js";
import { loadGenerator, type TextGenerator } from "../../src/workflows/text-generator.js";
import { loadScorer } from "../../src/workflows/text-scores.js";
import { writerKinds, writeTinyWriter } from "./tiny-writer.js";

let folder: string;
let gpt2: string;
let t5: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsugiki-"));
  gpt2 = await writeTinyWriter(folder, "gpt2");
  t5 = await writeTinyWriter(folder, "t5");
});
after(() => rm(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(words: readonly string[], input = ""): Promise<Outcome> {
  let [stdout, stderr] = ["", ""];
  const code = await runProgram(words, {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    stdin: (async function* () {
      yield Buffer.from(input);
    })(),
    environment: { HF_HUB_OFFLINE: "1" },
    clock: () => 0,
    onInterrupt: () => () => {},
    exit: () => {},
  });
  return { code, stdout, stderr };
}

async function streamed(
  generator: TextGenerator,
  prompt: string,
  options: object,
): Promise<[string[], string]> {
  const pieces: string[] = [];
  const writing = generator.stream(prompt, options);
  for (;;) {
    const { value, done } = await writing.next();
    if (done === true) return [pieces, value.text];
    pieces.push(value);
  }
}

for (const kind of writerKinds)
  describe(`texts of ${kind}`, () => {
    let generator: TextGenerator;
    let model: string;
    let hasEncoder: boolean;
    before(async () => {
      model = await writeTinyWriter(await mkdtemp(join(folder, "writer-")), kind);
      generator = await loadGenerator(model, { threads: 1 });
      hasEncoder = generator.model.network.decoder!.start !== undefined;
    });
    after(() => generator.close());
    const prompts = ["the film is", "a bad story and a good actor", "", "plot"];

    test("a batch gives what each prompt alone gives, drawn ones too", async () => {
      for (const options of [
        { maxNewTokens: 8 },
        { maxNewTokens: 8, temperature: 1.5 },
        { maxNewTokens: 6, beamCount: 3 },
      ]) {
        const together = await generator.generate(prompts, { ...options, batchSize: 3 });
        for (const [i, prompt] of prompts.entries()) {
          const [alone] = await generator.generate([prompt], { ...options, firstNumber: i });
          assert.deepEqual(
            together[i]!.texts.map(({ ids }) => ids),
            alone!.texts.map(({ ids }) => ids),
          );
        }
      }
    });

    test("pieces that come as they are written make the text", async () => {
      for (const options of [
        { maxNewTokens: 12 },
        { maxNewTokens: 12, sample: true, seed: 2 },
        { maxNewTokens: 5, beamCount: 2 },
      ]) {
        const [pieces, whole] = await streamed(generator, "the film", options);
        assert.equal(pieces.join(""), whole);
        const { texts } = await generator.generate("the film", options);
        assert.equal(texts[0]!.text, whole);
      }
    });

    test("who stops reading stops the writing", { timeout: 60_000 }, async () => {
      const endless = { maxNewTokens: 10_000_000, minNewTokens: 10_000_000, sample: true };
      for await (const piece of generator.stream("the film", endless)) if (piece !== "") break;
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 50);
      const aborted = generator.generate(prompts, { ...endless, signal: stop.signal });
      if (Number.isFinite(generator.model.network.maxLength)) await aborted.catch(() => {});
      else await assert.rejects(aborted, { name: "AbortError" });
      assert.equal((await generator.generate("the film", { maxNewTokens: 1 })).texts.length, 1);
    });

    test("several texts come best first", async () => {
      const { texts } = await generator.generate("the film", {
        beamCount: 4,
        returnCount: 4,
        maxNewTokens: 6,
      });
      assert.equal(texts.length, 4);
      const scores = texts.map(({ score }) => score);
      assert.deepEqual(
        scores,
        [...scores].sort((a, b) => b - a),
      );
    });

    test("a text is one of the choices", async () => {
      const choices = ["good", "bad plot", "awful"];
      for (const options of [{}, { beamCount: 2 }, { temperature: 3, seed: 9 }]) {
        const { texts } = await generator.generate("the film is", { choices, ...options });
        assert.ok(choices.includes(texts[0]!.text.trim()), texts[0]!.text);
        assert.equal(texts[0]!.end, "end-token");
      }
    });

    test("words are left out, characters allowed, and a stop string ends", async () => {
      const free = await generator.generate("the film", { maxNewTokens: 10, sample: true });
      const word = free.texts[0]!.text.trim().split(" ")[0]!;
      const without = await generator.generate("the film", {
        maxNewTokens: 10,
        sample: true,
        badWords: [word],
      });
      assert.ok(!without.texts[0]!.text.split(" ").includes(word), without.texts[0]!.text);
      const letters = await generator.generate("the film", { maxNewTokens: 10, allowedCharacters: "abdfo" });
      assert.match(letters.texts[0]!.text, /^[abdfo# ]*$/);
      const written = free.texts[0]!.text;
      const stop = written.slice(5, 8);
      const stopped = await generator.generate("the film", { maxNewTokens: 10, sample: true, stop: [stop] });
      assert.equal(stopped.texts[0]!.text, written.slice(0, written.indexOf(stop)));
      assert.equal(stopped.texts[0]!.end, "stop-string");
    });

    test("what was written is as likely as scoring says", async () => {
      const scorer = await loadScorer(model, { threads: 1 });
      const text = "a good film and a bright actor";
      const prompt = hasEncoder ? "the plot" : "";
      // the tokenizer puts [CLS] in front, which the decoder of an encoder-decoder writes like all else
      const choices = [hasEncoder ? `[CLS] ${text}` : text];
      const { texts } = await generator.generate(prompt, { choices });
      const [score] = await scorer.score([hasEncoder ? { text: prompt, pair: text } : text]);
      const tokens = generator.tokenizer.encode(text).ids;
      assert.ok(
        Math.abs(texts[0]!.score - score!.logProbability) < 1e-4,
        `${texts[0]!.score}, ${score!.logProbability}`,
      );
      assert.equal(score!.tokenCount, hasEncoder ? tokens.length : tokens.length - 1);
      assert.ok(Math.abs(score!.bitsPerByte + score!.logProbability / Math.LN2 / text.length) < 1e-9);
      await scorer.close();
    });
  });

describe("texts of longer inputs", () => {
  test("a prompt that does not fit is refused, a source is cut and said to be", async () => {
    const generator = await loadGenerator(gpt2, { threads: 1 });
    await assert.rejects(generator.generate("good ".repeat(80)), OptionError);
    const { texts } = await generator.generate("good ".repeat(55), { maxNewTokens: 100 });
    assert.equal(texts[0]!.ids.length + 56, 64);
    await generator.close();
  });

  test("a text longer than the model takes is scored in windows", async () => {
    const scorer = await loadScorer(gpt2, { threads: 1 });
    const [long, short] = await scorer.score(["good film ".repeat(50), "good film"]);
    assert.equal(long!.tokenCount, 101);
    assert.equal(short!.tokenCount, 3);
    await scorer.close();
  });

  test("an encoder is refused", async () => {
    await assert.rejects(loadGenerator("rootstocks/ja-small"), /expected a model that writes text/);
  });
});

describe("generate", () => {
  test("shows examples, and stops at the next", async () => {
    const examples = join(folder, "examples.tsv");
    await writeFile(examples, "text\tlabel\nthe film is good\tpraise\na bad plot\tblame\n");
    const { results } = await generate({ model: gpt2, texts: ["an awful story"], examples, maxNewTokens: 3 });
    assert.equal(
      results[0]!.prompt,
      "Input: the film is good\nOutput: praise\n\nInput: a bad plot\nOutput: blame\n\nInput: an awful story\nOutput:",
    );
    const template = "Q: {text}\\nA: {label}";
    const one = await generate({
      model: gpt2,
      texts: ["why"],
      examples,
      template,
      exampleCount: 1,
      maxNewTokens: 1,
    });
    assert.equal(one.results[0]!.prompt, "Q: the film is good\nA: praise\n\nQ: why\nA:");
    const none = { model: gpt2, texts: ['{"question": "why", "place": "here"}'], maxNewTokens: 1 };
    const asked = await generate({ ...none, template: "{place}: {question}?" });
    assert.equal(asked.results[0]!.prompt, "here: why?");
    await assert.rejects(generate({ ...none, template: "{missing} {place}?" }), OptionError);
  });

  test("the command streams one text, and writes a line for each of several", async () => {
    const one = await run([
      "generate",
      "--model",
      gpt2,
      "--threads",
      "1",
      "--max_new_tokens",
      "6",
      "the film",
    ]);
    assert.equal(one.code, 0, one.stderr);
    assert.match(one.stderr, /6 tokens in/);
    const several = await run(["generate", "-m", gpt2, "-n", "6", "--num_beams", "1"], "the film\na plot\n");
    assert.equal(several.code, 0, several.stderr);
    assert.equal(several.stdout.split("\n")[0], one.stdout.trimEnd());
    assert.equal(several.stdout.trimEnd().split("\n").length, 2);
  });

  test("the command gives the best texts with their scores, and JSON", async () => {
    const words = [
      "generate",
      "-m",
      t5,
      "-n",
      "5",
      "--num_beams",
      "3",
      "--num_return_sequences",
      "2",
      "a film",
    ];
    const best = await run(words);
    assert.equal(best.code, 0, best.stderr);
    assert.match(best.stdout, /^-\d+\.\d{4}\t.*\n-\d+\.\d{4}\t.*\n$/);
    const json = JSON.parse((await run([...words, "--json"])).stdout);
    assert.equal(json.prompt, "a film");
    assert.equal(json.texts.length, 2);
    assert.deepEqual(Object.keys(json.texts[0]), ["text", "score", "end", "ids", "tokens"]);
    assert.equal(best.stdout.split("\t")[0], json.texts[0].score.toFixed(4));
  });

  test("a file can be one prompt", async () => {
    const file = join(folder, "whole.txt");
    await writeFile(file, "the film\nis good\n");
    const { stdout } = await run([
      "generate",
      "-m",
      gpt2,
      "--file",
      file,
      "--whole-file",
      "-n",
      "2",
      "--json",
    ]);
    assert.equal(JSON.parse(stdout).prompt, "the film\nis good");
  });

  test("what the model's files say holds unless an option says otherwise", async () => {
    const other = await mkdtemp(join(folder, "other-"));
    const model = await writeTinyWriter(other, "gpt2", {
      "generation_config.json": { max_new_tokens: 3, eos_token_id: 3, num_beams: 2, guidance_scale: 2 },
    });
    const said = await run(["generate", "-m", model, "--json", "the film"]);
    assert.equal(said.code, 0, said.stderr);
    assert.ok(JSON.parse(said.stdout).texts[0].ids.length <= 3);
    assert.match(said.stderr, /guidance_scale .* is not done here/);
    const given = await run(["generate", "-m", model, "--json", "-n", "1", "--beams", "1", "the film"]);
    assert.equal(JSON.parse(given.stdout).texts[0].ids.length, 1);
  });

  test("the prefix and settings that config.json has for a task are taken, or that of every text", async () => {
    const other = await mkdtemp(join(folder, "other-"));
    const model = await writeTinyWriter(other, "t5");
    const path = join(model, "config.json");
    const config = JSON.parse(await readFile(path, "utf8"));
    const summary = { prefix: "good: ", max_length: 3, num_beams: 2 }; // the token to begin with counts
    const tasks = { task_specific_params: { summary, chat: { max_length: 2 } } };
    await writeFile(path, JSON.stringify({ ...config, ...tasks }));
    const prompted = async (...words: string[]): Promise<[string, number, string]> => {
      const { code, stdout, stderr } = await run(["generate", "-m", model, "--json", ...words, "a film"]);
      assert.equal(code, 0, stderr);
      const { prompt, texts } = JSON.parse(stdout);
      return [prompt, texts[0].ids.length, stderr];
    };
    const [plain, , note] = await prompted("-n", "1");
    assert.equal(plain, "a film");
    assert.match(note, /a prefix for each of the tasks summary;/);
    assert.deepEqual((await prompted("--task", "summary")).slice(0, 2), ["good: a film", 2]);
    assert.deepEqual((await prompted("--task", "chat")).slice(0, 2), ["a film", 1]);
    assert.equal((await prompted("--task", "summary", "--prefix", "bad ", "-n", "1"))[0], "bad a film");
    const unknown = await run(["generate", "-m", model, "--task", "translation", "a film"]);
    assert.match(unknown.stderr, /settings for \(summary, chat\), got translation/);

    await writeFile(path, JSON.stringify({ ...config, ...tasks, source_prefix: "fine " }));
    const [prompt, , silent] = await prompted("-n", "1");
    assert.equal(prompt, "fine a film");
    assert.doesNotMatch(silent, /prefix/);
    const { results } = await generate({ model, texts: ["a film"], maxNewTokens: 1, task: "summary" });
    assert.equal(results[0]!.prompt, "good: a film");
  });

  test("mistakes are told with what to do", async () => {
    const contradiction = await run(["generate", "-m", gpt2, "--best", "2", "the film"]);
    assert.equal(contradiction.code, 2);
    assert.match(contradiction.stderr, /ask for as many beams, or sample/);
  });
});

describe("score", () => {
  test("the command prints numbers for each text and all together", async () => {
    const { code, stdout, stderr } = await run(["score", "-m", gpt2], "the film is good\na plot\n");
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^log-probability\tperplexity\tbits\/byte\ttokens\ttext\n-\d/);
    assert.match(stderr, /2 texts, 8 tokens: perplexity \d/);
    const json = await run(["score", "-m", gpt2, "--json", "a plot"]);
    const line = JSON.parse(json.stdout);
    assert.ok(Math.abs(line.perplexity - Math.exp(-line.logProbability / line.tokenCount)) < 1e-9);
  });

  test("an encoder-decoder scores pairs", async () => {
    const { code, stderr } = await run(["score", "-m", t5, "a plot"]);
    assert.equal(code, 2);
    assert.match(stderr, /what is written for it/);
    const pairs = await run(["score", "-m", t5, "--jsonl"], '{"text": "a film", "pair": "good"}\n');
    assert.equal(pairs.code, 0, pairs.stderr);
    assert.match(pairs.stdout, /\tgood\n$/);
  });

  test("a masked language model scores each token by the others", async () => {
    const scorer = await loadScorer("rootstocks/ja-small", { threads: 1 });
    const [likely, unlikely] = await scorer.score([
      "リクエストのヘッダーを読み取ります。",
      "リクエストのを読み取りますヘッダー。",
    ]);
    assert.ok(likely!.logProbability > unlikely!.logProbability);
    await scorer.close();
  });
});
