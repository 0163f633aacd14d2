import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { assertClose, runOnce } from "../../test/layer-goldens.js";
import { repository } from "../../test/shared.js";
import { float32 } from "../base/index.js";
import { gradient, input, referenceRuntime } from "../engine/index.js";
import type { ModelOutputs } from "../models/index.js";
import { spelling } from "./fixtures.test.js";
import { type AnyTask, textClassification, tokenClassification } from "./index.js";
import type { TaskItem } from "./task.js";
import { scoredUnits, type TeachingSettings, taught, taughtItems, teacherScores } from "./taught.js";

const tokenizer = spelling();
const settings = { maxLength: 8, overflow: "truncate", stride: 2 } as const;

interface Plain {
  readonly shape: number[];
  readonly data: number[];
}
const golden = JSON.parse(readFileSync(join(repository, "test/golden/distillation.json"), "utf8")) as {
  labels: number[];
  inputs: Record<string, Plain>;
  cases: Record<string, { loss: number; gradients: Record<string, Plain> }>;
};

const names = ["l0", "l1", "l2", "l3", "l4", "l5"];
const text = (label: string | undefined, said = "a b"): unknown => ({ text: said, label, place: "here" });
const classes = textClassification.learn(names.map((name) => text(name)) as never, {});
const teaching: TeachingSettings = { softWeight: 0.7, labelWeight: 0.3, temperature: 3 };

describe("a task that is taught", () => {
  test("the loss and its gradient are PyTorch's, whatever the micro-batches", async () => {
    const problem = taught(classes, teaching);
    const { shape, data } = golden.inputs["teacher.logits"]!;
    const size = shape[1]!;
    const scores = golden.labels.map(
      (_, i) => new Map([[0, Float32Array.from(data.slice(i * size, (i + 1) * size))]]),
    );
    const examples = golden.labels.map((label) => text(names[label]));
    const plain = problem.encode(examples as never, tokenizer, settings);
    const items = taughtItems(plain, scores, scoredUnits(problem));
    const logits = input("logits", ["batch", size]);
    const loss = problem.loss({ heads: new Map([["logits", logits]]) } as unknown as ModelOutputs, true);
    const outputs = new Map([
      ["loss", loss],
      ["gradient", gradient(loss, [logits])[0]!],
    ]);
    const further = problem.furtherWeightsOf!(items);
    assert.deepEqual(further, [3]);
    let total = 0;
    const gradients: number[] = [];
    for (const [from, to] of [
      [0, 2],
      [2, 3],
    ] as const) {
      const rows = golden.inputs["logits"]!.data.slice(from * size, to * size);
      const feeds = new Map([
        ["logits", float32([to - from, size], rows)],
        ...problem.targets(items.slice(from, to), 4, problem.weightOf(items), further),
      ]);
      const results = await runOnce(referenceRuntime(), outputs, feeds);
      total += Number(results.get("loss")!.data[0]);
      gradients.push(...(results.get("gradient")!.data as Float32Array));
    }
    const expected = golden.cases["task"]!;
    assertClose(float32([], [total]), float32([], [expected.loss]), "loss");
    const { shape: of, data: numbers } = expected.gradients["logits"]!;
    assertClose(float32(of, gradients), float32(of, numbers), "gradient");
  });

  test("a row without a label is learnt by its scores alone, one without scores by its label alone", () => {
    const problem = taught(classes, teaching);
    const plain = problem.encode([text(undefined), text("l1")] as never, tokenizer, settings);
    const scores = [new Map([[0, new Float32Array(6)]]), new Map()];
    const items = taughtItems(plain, scores, scoredUnits(problem));
    assert.equal(problem.weightOf(items), 1);
    const feeds = problem.targets(items, 4, 1, problem.furtherWeightsOf!(items));
    assert.deepEqual([...feeds.get("weights")!.data], [0, 1]);
    assert.deepEqual([...feeds.get("teacherWeights")!.data], [1, 0]);
    // what a trial feeds has no teacher
    const trial = problem.targets(plain, 4, 1, problem.furtherWeightsOf!(plain));
    assert.deepEqual([...trial.get("teacherWeights")!.data], [0, 0]);
  });

  test("scores are in the order of the student's labels, of windows the mean", () => {
    const teacher = textClassification.learn([text("b"), text("c"), text("a")] as never, {});
    const items = [0, 0, 1].map((example) => ({ example })) as unknown as TaskItem[];
    const outputs = [
      [1, 2, 3],
      [3, 4, 7],
      [0, 1, 2],
    ].map((logits) => ({ logits: Float32Array.from(logits) }));
    const scores = teacherScores(teacher, 2, items, outputs, ["c", "a"]);
    assert.deepEqual(
      scores.map((units) => [...units.get(0)!]),
      [
        [5, 2],
        [2, 0],
      ],
    );
  });

  test("of tags, words are known by their place in the text, whatever the tokens", () => {
    const rows = [
      {
        kind: "text",
        text: "abc de f",
        entities: [{ type: "X", start: 4, end: 6 }],
        place: "here",
        id: undefined,
      },
    ];
    const student = tokenClassification.learn(rows as never, {});
    assert.deepEqual(student.labels.length, 3);
    const whole = spelling(["abc", "de"]);
    const [own, others] = [tokenizer, whole].map((one) => student.encode(rows as never, one, settings));
    const units = (items: typeof own): unknown =>
      items!.map((item) =>
        scoredUnits(student)
          .placesOf(item)
          .map(([unit]) => unit),
      );
    assert.deepEqual(units(own), units(others));
    const places = scoredUnits(student)
      .placesOf(own![0]!)
      .map(([, place]) => place);
    assert.deepEqual(places, [1, 4, 6]);
    const logits = Float32Array.from({ length: 9 }, (_, i) => i);
    const scores = teacherScores(student, 1, others!, [{ logits }], student.labels);
    const problem = taught(student, teaching);
    const items = taughtItems(own!, scores, problem.scored!);
    const feeds = problem.targets(items, 8, 3, problem.furtherWeightsOf!(items));
    assert.deepEqual(feeds.get("teacherScores")!.shape, [1, 8, 3]);
    assert.deepEqual([...feeds.get("teacherScores")!.data.subarray(12, 15)], [3, 4, 5]);
    const third = Math.fround(1 / 3);
    assert.deepEqual([...feeds.get("teacherWeights")!.data], [0, third, 0, 0, third, 0, third, 0]);
  });

  test("what cannot be taught is refused", () => {
    const several: AnyTask = textClassification;
    const problem = several.learn([text(["a", "b"] as never), text(["a"] as never)], {});
    assert.throws(
      () => taught(problem, teaching),
      /gives each text or word one class of several, got .*several a text/,
    );
    const tagged = [{ kind: "words", words: ["a", "b"], tags: ["X", "Y"], place: "here", id: undefined }];
    const chained = tokenClassification.learn(tagged as never, { crf: true });
    assert.throws(() => taught(chained, teaching), /one class of several, got .*CRF/);
    assert.throws(
      () => taught(classes, { ...teaching, softWeight: 0 }),
      /--soft-weight: expected a teacher that counts/,
    );
  });
});
