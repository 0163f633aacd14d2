import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs } from "../../test/shared.js";
import { float32, int64, type Tensor } from "../base/index.js";
import { type ColumnGuess, guessColumns, type RowSet } from "../data/index.js";
import { goldenTensors, headOutput, lossOf, minilm, minilmFile, spelling } from "./fixtures.test.js";
import { type ChoiceExample, multipleChoice } from "./multiple-choice.js";
import type { EncodeSettings } from "./task.js";

const tokenizer = spelling(["ann", "met", "bob", "smith"]);
const roomy: EncodeSettings = { maxLength: 64, overflow: "truncate", stride: 0 };
const problem = multipleChoice.learn([], {});

function pick(choices: string[], right?: number): ChoiceExample {
  return { context: "ann", prompt: "met", choices, right, id: undefined, place: "test" };
}

describe("multiple choice", () => {
  test("reads rows of SWAG and of answer lists, and skips rows without a label", () => {
    const read = (columns: string[], fields: object[]) => {
      const rows = fields.map((row, i) => ({ fields: row as never, line: i + 1 }));
      const set: RowSet = { path: "c.csv", format: "csv", columns, rows, skipped: [] };
      return multipleChoice.readExamples(set, guessColumns("multiple-choice", set) as ColumnGuess);
    };
    const swag = read(
      ["sent1", "sent2", "ending0", "ending1", "label"],
      [
        { sent1: "A dog runs.", sent2: "It", ending0: "barks.", ending1: "flies.", label: "0" },
        { sent1: "A dog runs.", sent2: "It", ending0: "barks.", ending1: "flies.", label: "" },
        { sent1: "A dog runs.", sent2: "It", ending0: "barks.", ending1: "flies.", label: "7" },
      ],
    );
    const [{ place, ...first }] = swag.examples as [ChoiceExample];
    assert.equal(place, "c.csv, line 1");
    assert.deepEqual(first, {
      context: "A dog runs.",
      prompt: "It",
      choices: ["barks.", "flies."],
      right: 0,
      id: undefined,
    });
    assert.deepEqual(
      swag.skipped.map(({ line }) => line),
      [2, 3],
    );
    const list = read(
      ["question", "choices", "answer"],
      [{ question: "q", choices: ["x", "y", "z"], answer: "C" }],
    );
    assert.equal(list.examples[0]!.right, 2);
  });

  test("each choice is a pair with the context", () => {
    const [item] = problem.encode([pick(["bob", "bob smith"], 1)], tokenizer, roomy);
    assert.deepEqual(
      item!.choices.map(({ tokens }) => tokens.join(" ")),
      ["[CLS] ann [SEP] met bob [SEP]", "[CLS] ann [SEP] met bob smith [SEP]"],
    );
    assert.equal(item!.encoding, item!.choices[1]); // the longest
    const [bare] = problem.encode([{ ...pick(["bob", "ann"]), prompt: undefined }], tokenizer, roomy);
    assert.equal(bare!.choices[0]!.tokens.join(" "), "[CLS] ann [SEP] bob [SEP]");
  });

  test("the ids of a real tokenizer", needs(minilmFile), () => {
    const example = { ...pick(["goes in.", "is a fish."]), context: "She opens the door.", prompt: "She" };
    const [item] = problem.encode([example], minilm(), roomy);
    const expected = [101, 2016, 7480, 1996, 2341, 1012, 102, 2016, 3632, 1999, 1012, 102];
    assert.deepEqual([...item!.choices[0]!.ids], expected);
    assert.deepEqual([...item!.choices[0]!.typeIds], [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  test("examples of fewer choices are filled up, and the fillers take no part", async () => {
    const items = problem.encode(
      [pick(["bob", "smith"], 1), pick(["ann", "bob", "smith"], 2), pick(["a", "b"])],
      tokenizer,
      roomy,
    );
    assert.deepEqual(
      items.map(({ choices, choiceCount }) => [choices.length, choiceCount]),
      [
        [3, 2],
        [3, 3],
        [3, 2],
      ],
    );
    assert.equal(problem.weightOf(items), 2);
    const targets = problem.targets(items, 8, 2);
    assert.deepEqual(targets.get("labels"), int64([3], [1, 2, 0]));
    assert.deepEqual(targets.get("weights"), float32([3], [0.5, 0.5, 0]));
    const tensor = float32([3, 3], [1, 2, 50, 1, 2, 3, 0, 0, 0]);
    const loss = await lossOf(
      problem,
      new Map([["logits", headOutput("logits", ["examples", "choices"], tensor)]]),
      targets,
    );
    const expected = (Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.exp(-1) + Math.exp(-2))) / 2;
    assert.ok(Math.abs(loss - expected) < 1e-6, String(loss));
    const outputs = problem.readOutputs(items, new Map([["logits", tensor]]));
    assert.deepEqual(
      outputs.map(({ logits }) => [...logits!]),
      [
        [1, 2],
        [1, 2, 3],
        [0, 0],
      ],
    );
  });

  test("predicts the choice with its probability and scores accuracy", () => {
    const examples = [pick(["bob", "smith"], 1), pick(["bob", "smith"], 0), pick(["bob", "smith"])];
    const items = problem.encode(examples, tokenizer, roomy);
    const outputs = items.map(() => ({ logits: Float32Array.of(0, Math.log(3)) }));
    const predictions = problem.decide(examples, items, outputs);
    assert.deepEqual(problem.evaluate(examples, predictions), {
      metrics: { accuracy: 0.5 },
      classes: [],
      exampleCount: 2,
    });
    const described = problem.describePrediction(examples[0]!, predictions[0]!, [items[0]!]);
    assert.equal(described["choice"], 1);
    assert.equal(described["text"], "smith");
    assert.ok(Math.abs((described["score"] as number) - 0.75) < 1e-7);
    assert.equal(described["truth"], 1);
    assert.equal(described["truncated"], false);
  });

  test("long texts are cut or refused, not gone over in windows", () => {
    const example = pick(["bob", "bob smith ann met bob"]);
    const short: EncodeSettings = { maxLength: 8, overflow: "truncate", stride: 0 };
    const items = problem.encode([example], tokenizer, short);
    const [prediction] = problem.decide([example], items, [{ logits: Float32Array.of(0, 1) }]);
    assert.equal(problem.describePrediction(example, prediction!, items)["truncatedTokens"], 2);
    assert.throws(() => problem.encode([example], tokenizer, { ...short, overflow: "error" }), {
      name: "DataError",
      message: /^test: expected at most 8 tokens, got 10/,
    });
    assert.throws(() => problem.encode([example], tokenizer, { ...short, overflow: "stride" }), {
      name: "OptionError",
    });
  });

  test("asks for a context and choices", () => {
    const example = multipleChoice.exampleOf({ context: "c", choices: ["x", "y"], prompt: "p" });
    assert.deepEqual([example.context, example.prompt, example.right], ["c", "p", undefined]);
    for (const wrong of ["c", { context: "c", choices: ["x"] }, { choices: ["x", "y"] }])
      assert.throws(() => multipleChoice.exampleOf(wrong), { name: "DataError" });
  });

  test("the loss of the golden outputs", needs("golden/models/bert-for-multiple-choice"), async () => {
    const golden = goldenTensors("bert-for-multiple-choice");
    const labels = golden.get("case0.in.labels")!;
    const logits = headOutput("logits", ["examples", "choices"], golden.get("case0.out.logits")!);
    const feeds = new Map<string, Tensor>([
      ["choiceBias", float32([2, 3], new Float32Array(6))],
      ["labels", int64([2], Array.from(labels.data, Number))],
      ["weights", float32([2], [0.5, 0.5])],
    ]);
    const loss = await lossOf(problem, new Map([["logits", logits]]), feeds);
    assert.ok(Math.abs(loss - Number(golden.get("case0.out.loss")!.data[0])) < 1e-6);
  });
});
