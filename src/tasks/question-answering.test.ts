import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { needs, sharedPath } from "../../test/shared.js";
import { float32, int64, type JsonObject, type Tensor } from "../base/index.js";
import { type ColumnGuess, guessColumns, type RowSet, readRows } from "../data/index.js";
import type { QuestionItem } from "./answer-windows.js";
import { goldenTensors, headOutput, lossOf, minilm, minilmFile, spelling } from "./fixtures.test.js";
import { questionAnswering } from "./question-answering.js";
import type { QuestionExample } from "./question-example.js";
import type { EncodeSettings, ItemOutput, TaskSettings } from "./task.js";

const tokenizer = spelling(["who", "ann", "met", "bob", "smith"]);
const roomy: EncodeSettings = { maxLength: 64, overflow: "stride", stride: 8 };

function ask(context: string, ...answers: string[]): QuestionExample {
  const spans = answers.map((text) => ({
    text,
    start: context.indexOf(text),
    end: context.indexOf(text) + text.length,
  }));
  return { question: "who", context, answers: spans, id: undefined, place: "test" };
}

const answerable = [ask("ann met bob", "bob")];
const mixed = [ask("ann met bob", "bob"), ask("ann met smith")];

/** Outputs of a model that is sure of the answer's place, and declines where there is none. */
function perfectOutputs(items: readonly QuestionItem[]): ItemOutput[] {
  return items.map(({ encoding, answer }) => {
    const startLogits = new Float32Array(encoding.ids.length);
    const endLogits = new Float32Array(encoding.ids.length);
    startLogits[answer!.start] = 20;
    endLogits[answer!.end] = 20;
    return { startLogits, endLogits };
  });
}

describe("question answering", () => {
  test("reads questions, skips those whose answer does not stand where it should", () => {
    const rows = [
      {
        question: "  q",
        context: "😀 Ann",
        answers: [{ text: "Ann", answer_start: 2 }],
        is_impossible: false,
      },
      { question: "q", context: "Ann", answers: { text: [], answer_start: [] } },
      { question: "q", context: "Ann", answers: [{ text: "Ann", answer_start: 0 }], is_impossible: "True" },
      { question: "q", context: "Ann", answers: [{ text: "Bob", answer_start: 0 }] },
      { question: " ", context: "Ann", answers: [] },
      { question: "q", context: "", answers: [] },
    ].map((fields, i) => ({ fields: fields as never, line: i + 1 }));
    const columns = ["question", "context", "answers", "is_impossible"];
    const set: RowSet = { path: "q.jsonl", format: "jsonl", columns, rows, skipped: [] };
    const { examples, skipped } = questionAnswering.readExamples(
      set,
      guessColumns("question-answering", set) as ColumnGuess,
    );
    assert.deepEqual(
      examples.map(({ question, answers }) => ({ question, answers })),
      [
        { question: "q", answers: [{ text: "Ann", start: 3, end: 6 }] },
        { question: "q", answers: [] },
        { question: "q", answers: [] },
      ],
    );
    assert.deepEqual(skipped, [
      { line: 4, reason: 'expected the answer "Bob" at 0 of the context, got "Ann"' },
      { line: 5, reason: "no question in column question" },
      { line: 6, reason: "no context in column context" },
    ]);
  });

  test("points at the answer's tokens, at the first token where there is none", () => {
    const problem = questionAnswering.learn(mixed, {});
    // [CLS] who [SEP] ann met bob smith [SEP]
    const questions = [
      ask("ann met bob smith", "bob smith"),
      ask("ann", ""),
      ask("ann met"),
      ask("ann met bob", " bob "),
    ];
    const examples: QuestionExample[] = [...questions, { ...ask("ann"), answers: undefined }];
    const items = problem.encode(examples, tokenizer, roomy);
    assert.deepEqual(
      items.map(({ answer }) => answer && [answer.start, answer.end]),
      [[5, 6], [0, 0], [0, 0], [0, 0], undefined],
    );
    const blank = { ...ask("ann met bob"), answers: [{ text: " bob", start: 7, end: 11 }] };
    assert.deepEqual(problem.encode([blank], tokenizer, roomy)[0]!.answer, { start: 5, end: 5 });
    assert.equal(problem.weightOf(items), 4);
    const targets = problem.targets(items, 8, 4);
    assert.deepEqual(targets.get("starts"), int64([5], [5, 0, 0, 0, 0]));
    assert.deepEqual(targets.get("ends"), int64([5], [6, 0, 0, 0, 0]));
    assert.deepEqual(targets.get("weights"), float32([5], [0.125, 0.125, 0.125, 0.125, 0]));
  });

  test("windows cover the context, share their edges, and hold the answer or point nowhere", () => {
    const problem = questionAnswering.learn(answerable, {});
    const words = fc.array(fc.stringMatching(/^[a-e]{1,4}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.nat(), fc.nat(), fc.integer({ min: 0, max: 5 }), (list, from, size, stride) => {
        const context = list.join(" ");
        const first = from % list.length;
        const text = list.slice(first, first + 1 + (size % 3)).join(" ");
        const start = list.slice(0, first).join(" ").length + Number(first > 0);
        const answers = [{ text, start, end: start + text.length }];
        const items = problem.encode([{ ...ask(context), answers }], tokenizer, {
          maxLength: 12,
          overflow: "stride",
          stride,
        });
        const seen = new Set<string>();
        for (const { encoding, answer } of items) {
          assert.ok(encoding.ids.length <= 12);
          assert.equal(encoding.tokens[1], "who");
          const places = [...encoding.sequenceIds.keys()].filter((i) => encoding.sequenceIds[i] === 1);
          for (const i of places) seen.add(`${encoding.starts[i]} ${encoding.ends[i]}`);
          if (answer!.start > 0)
            assert.equal(context.slice(encoding.starts[answer!.start], encoding.ends[answer!.end]), text);
          else
            assert.ok(
              encoding.starts[places[0]!]! > start || encoding.ends[places.at(-1)!]! < start + text.length,
            );
        }
        const whole = tokenizer.encode(context, { specialTokens: false });
        assert.equal(seen.size, whole.ids.length);
        const isHeld = items.some(({ answer }) => answer!.start > 0);
        assert.equal(problem.notes!([{ ...ask(context), answers }], items).length, isHeld ? 0 : 1);
      }),
    );
  });

  test("a long question leaves less room than the stride, or no room at all", () => {
    const problem = questionAnswering.learn(answerable, {});
    const long = { ...ask("ann met bob smith ann met bob smith"), question: "who ".repeat(9) };
    const settings: EncodeSettings = { maxLength: 16, overflow: "stride", stride: 8 }; // room: 16 - 3 - 9 = 4
    const items = problem.encode([long], tokenizer, settings);
    assert.deepEqual(
      items.map(({ encoding }) => encoding.tokens.slice(11, -1).join(" ")),
      ["ann met bob smith", "bob smith ann met", "ann met bob smith"],
    );
    assert.throws(() => problem.encode([{ ...long, question: "who ".repeat(10) }], tokenizer, settings), {
      name: "DataError",
      message: "test: expected a question of at most 9 tokens, got 10",
    });
    assert.throws(() => problem.encode([long], tokenizer, { ...settings, overflow: "error" }), {
      message: /^test: expected at most 16 tokens, got 20/,
    });
    const [cut, ...more] = problem.encode([long], tokenizer, { ...settings, overflow: "truncate" });
    assert.equal(cut!.encoding.truncatedCount, 4);
    assert.equal(more.length, 0);
  });

  test("reads logits as long as each window", () => {
    const problem = questionAnswering.learn(answerable, {});
    const items = problem.encode([ask("ann"), ask("ann met")], tokenizer, roomy); // 5 and 6 tokens
    const logits = float32(
      [2, 6],
      Float32Array.from({ length: 12 }, (_, i) => i),
    );
    const outputs = problem.readOutputs(
      items,
      new Map([
        ["startLogits", logits],
        ["endLogits", logits],
      ]),
    );
    assert.deepEqual([...outputs[0]!["startLogits"]!], [0, 1, 2, 3, 4]);
    assert.deepEqual([...outputs[1]!["endLogits"]!], [6, 7, 8, 9, 10, 11]);
  });

  test("scores as SQuAD 1.1 where all questions have an answer", () => {
    const problem = questionAnswering.learn(answerable, {});
    assert.deepEqual(problem.configFields(), {});
    const examples = [ask("ann met bob", "bob"), ask("ann met bob smith", "smith", "bob smith")];
    const items = problem.encode(examples, tokenizer, roomy);
    const predictions = problem.decide(examples, items, perfectOutputs(items));
    assert.deepEqual(problem.evaluate(examples, predictions).metrics, { exact_match: 100, f1: 100 });
    const described = problem.describePrediction(examples[1]!, predictions[1]!, [items[1]!]);
    assert.equal(described["answer"], "smith");
    assert.deepEqual([described["start"], described["end"]], [12, 17]);
    assert.ok((described["score"] as number) > 0.99);
    assert.deepEqual(described["truth"], ["smith", "bob smith"]);
    assert.equal(problem.labelOf(examples[0]!), undefined);
  });

  test("scores as SQuAD 2.0 where some have none, and says so", () => {
    const problem = questionAnswering.learn(mixed, {});
    const examples = [ask("ann met bob", "bob"), ask("ann met bob"), ask("bob met ann")];
    const items = problem.encode(examples, tokenizer, roomy);
    const outputs = perfectOutputs(items);
    outputs[2]!["startLogits"]![3] = 30; // an answer where there is none: bob
    outputs[2]!["endLogits"]![3] = 30;
    const predictions = problem.decide(examples, items, outputs);
    assert.deepEqual(
      predictions.map(({ answer }) => answer?.text),
      ["bob", undefined, "bob"],
    );
    const { metrics } = problem.evaluate(examples, predictions);
    const third = 100 / 3;
    for (const [name, value] of Object.entries({
      exact: 2 * third,
      f1: 2 * third,
      total: 3,
      HasAns_exact: 100,
      HasAns_f1: 100,
      HasAns_total: 1,
      NoAns_exact: 50,
      NoAns_f1: 50,
      NoAns_total: 2,
      best_f1: 100,
      best_f1_thresh: -40,
    }))
      assert.ok(Math.abs(metrics[name]! - value) < 1e-9, `${name}: ${metrics[name]}`);
    const described = problem.describePrediction(examples[1]!, predictions[1]!, [items[1]!]);
    assert.deepEqual([described["answer"], described["start"], described["end"]], ["", null, null]);
    assert.ok((described["score"] as number) > 0.99);
    assert.equal(described["noAnswerScore"], 40);
    assert.deepEqual([problem.labelOf(examples[0]!), problem.labelOf(examples[1]!)], ["answer", "no answer"]);
  });

  test("finds the threshold on validation data, keeps it in config.json", () => {
    const problem = questionAnswering.learn(mixed, { noAnswerThreshold: "auto" });
    const examples = [ask("ann met bob", "bob"), ask("bob met ann")];
    const items = problem.encode(examples, tokenizer, roomy);
    const outputs = perfectOutputs(items);
    outputs[0]!["startLogits"]![0] = 25; // shy: "no answer" scores 5 more than the answer, which scores 40
    outputs[0]!["endLogits"]![0] = 20;
    assert.equal(problem.decide(examples, items, outputs)[0]!.answer, undefined);
    const predictions = problem.decide(examples, items, outputs, { findThresholds: true });
    assert.deepEqual(
      predictions.map(({ answer }) => answer?.text),
      ["bob", undefined],
    );
    const fields = problem.configFields();
    assert.deepEqual(fields, { version_2_with_negative: true, null_score_diff_threshold: 5 });
    const answersOf = (config: JsonObject, settings: TaskSettings) =>
      questionAnswering
        .restore(config, settings, "config.json")
        .decide(examples, items, outputs)
        .map((prediction) => (prediction as { answer?: { text: string } }).answer?.text);
    assert.deepEqual(answersOf(fields, {}), ["bob", undefined]);
    assert.deepEqual(answersOf(fields, { noAnswerThreshold: 4 }), [undefined, undefined]);
    assert.equal(answersOf({}, {})[1]!.length > 0, true); // learnt from answers only: always answers
    assert.deepEqual(answersOf({}, { noAnswerThreshold: 6 }), ["bob", undefined]);
  });

  test("compares Japanese answers by characters, unless told otherwise", () => {
    const examples = [ask("おときのい", "ときの")];
    const evaluate = (settings: TaskSettings): number | undefined => {
      const problem = questionAnswering.learn(examples, settings);
      const items = problem.encode(examples, tokenizer, roomy);
      const outputs = perfectOutputs(items);
      outputs[0]!["endLogits"]![items[0]!.answer!.start + 1] = 30; // とき
      return problem.evaluate(examples, problem.decide(examples, items, outputs)).metrics["f1"];
    };
    assert.ok(Math.abs(evaluate({})! - 80) < 1e-9); // 2 of 2, 2 of 3
    assert.equal(evaluate({ answerForm: "words" }), 0);
  });

  test("asks for question and context", () => {
    assert.equal(questionAnswering.exampleOf({ question: " q", context: "c" }).question, "q");
    assert.throws(() => questionAnswering.exampleOf("q"), {
      name: "DataError",
      message: /question, context/,
    });
  });
});

describe("question answering against Python", () => {
  test("the loss of the golden outputs", needs("golden/models/bert-for-question-answering"), async () => {
    const golden = goldenTensors("bert-for-question-answering");
    const problem = questionAnswering.learn(answerable, {});
    const side = async (name: "start" | "end"): Promise<number> => {
      const logits = headOutput("logits", ["batch", "sequence"], golden.get(`case0.out.${name}_logits`)!);
      const places = Array.from(golden.get(`case0.in.${name}_positions`)!.data, Number);
      const counted = places.map((place) => place < 10); // a place outside of the sequence does not count
      const shares = counted.map((counts) => (counts ? 0.5 / counted.filter(Boolean).length : 0));
      const ids = int64(
        [3],
        places.map((place, i) => (counted[i] ? place : 0)),
      );
      const feeds = new Map<string, Tensor>([
        ["starts", ids],
        ["ends", ids],
        ["weights", float32([3], shares)],
      ]);
      // both sides are the same here, so that each can be weighed by its own count
      return (
        (await lossOf(
          problem,
          new Map([
            ["startLogits", logits],
            ["endLogits", logits],
          ]),
          feeds,
        )) / 2
      );
    };
    const loss = (await side("start")) + (await side("end"));
    assert.ok(Math.abs(loss - Number(golden.get("case0.out.loss")!.data[0])) < 1e-6, String(loss));
  });

  test(
    "every answer of real data is found again by a perfect model",
    needs(minilmFile, "data/en/xquad/xquad.en.part1.json", "data/ja/jsquad/valid.json"),
    async () => {
      const real = minilm();
      for (const [path, count, atLeast] of [
        ["data/en/xquad/xquad.en.part1.json", 851, 100],
        ["data/ja/jsquad/valid.json", 1005, 85],
      ] as const) {
        const set = await readRows(sharedPath(path));
        const read = questionAnswering.readExamples(
          set,
          guessColumns("question-answering", set) as ColumnGuess,
        );
        assert.equal(read.examples.length, count);
        assert.deepEqual(read.skipped, []);
        const examples = read.examples.slice(0, 300);
        const problem = questionAnswering.learn(examples, { maxAnswerLength: 200 });
        const items = problem.encode(examples, real, { maxLength: 384, overflow: "stride", stride: 128 });
        assert.deepEqual(problem.notes!(examples, items), []);
        const { metrics } = problem.evaluate(
          examples,
          problem.decide(examples, items, perfectOutputs(items)),
        );
        assert.ok(metrics["f1"]! >= atLeast, `${path}: ${metrics["f1"]}`);
      }
    },
  );
});
