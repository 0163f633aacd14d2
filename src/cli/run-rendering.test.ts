import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DataReport, SetReport } from "../data/report.js";
import type { RunEvents } from "../workflows/events.js";
import { renderRun, savedLines } from "./run-rendering.js";
import { reporter } from "./terminal/index.js";

const areas: SetReport = {
  path: "areas.jsonl",
  format: "jsonl",
  rowCount: 3000,
  skipped: [{ reason: "no label", count: 2, firstLine: 1204 }],
  labels: [
    { name: "API", count: 1020, share: 0.34 },
    { name: "CSS", count: 510, share: 0.17 },
    { name: "要素", count: 480, share: 0.16 },
    { name: "他", count: 3, share: 0.001 },
  ],
  lengths: { median: 58, most: 141, longest: 533, mean: 64, histogram: [], truncatedCount: 2 },
  unknownRate: 0.002,
  duplicateCount: 0,
};

const report: DataReport = {
  train: areas,
  validation: {
    ...areas,
    path: "areas-dev.jsonl",
    rowCount: 800,
    skipped: [],
    lengths: { ...areas.lengths, truncatedCount: 0 },
  },
  overlapCount: 4,
  labelsOnlyInValidation: ["HTTP"],
  rareLabels: [{ name: "他", count: 3, share: 0.001 }],
};

/** The events of a run of three epochs with 90 steps each, a step every 100 ms. */
function play(events: RunEvents, tick: (ms: number) => void): void {
  events.data?.({
    report,
    columns: [
      { role: "text", column: "text", by: "name" },
      { role: "label", column: "label", by: "name" },
    ],
    task: "text-classification",
    taskBecause: "columns text, label",
    maxLength: 512,
  });
  events.model?.({
    name: "rootstocks/ja-small",
    description: "BERT, 4 layers x 256",
    parameterCount: 5_932_032,
    problem: "text-classification, 4 labels",
    newParameters: ["classifier.weight", "classifier.bias"],
    unusedWeights: [],
  });
  events.runtime?.({ description: "onnxruntime 1.30.0 (cpu, 2 threads)" });
  const found = [
    { trainLoss: 0.512, loss: 0.361, metrics: { accuracy: 0.871, macro_f1: 0.792 }, best: true },
    { trainLoss: 0.248, loss: 0.334, metrics: { accuracy: 0.889, macro_f1: 0.823 }, best: true },
    { trainLoss: 0.17, loss: 0.341, metrics: { accuracy: 0.882, macro_f1: 0.826 }, best: false },
  ];
  for (const [i, row] of found.entries()) {
    for (let step = 1; step <= 90; step++) {
      tick(100);
      const done = i * 90 + step;
      const progress = { phase: "train", epoch: i + 1, epochs: 3, done, total: 270 } as const;
      events.progress?.({ ...progress, loss: 1 / (1 + done), learningRate: 2e-5, tokensPerSecond: 9312 });
    }
    for (let batch = 1; batch <= 10; batch++) {
      tick(150);
      events.progress?.({ phase: "evaluate", done: batch, total: 10 });
    }
    events.evaluation?.({ epoch: i + 1, step: (i + 1) * 90, primaryMetric: "accuracy", ...row });
  }
}

function render(isTTY: boolean): string {
  let now = 0;
  let text = "";
  const clock = (): number => now;
  const write = (part: string): void => {
    text += part;
  };
  const out = reporter({ stream: { isTTY, columns: 100, write }, clock, color: false });
  const rendering = renderRun(out, clock);
  play(rendering.events, (ms) => {
    now += ms;
  });
  out.table(rendering.table()!);
  const files = { curve: "training.svg", "model card": "README.md", state: "trainer_state.json" };
  out.section("saved", savedLines({ directory: "my-model", files }));
  out.close();
  assert.equal(rendering.task(), "text-classification");
  return text;
}

const head = `
  data      areas.jsonl            3,000 rows   text=「text」 label=「label」 (4 labels: API 34 %, CSS 17 %, 要素 16 %, ...)
            areas-dev.jsonl          800 rows   4 rows also occur in training
            length (tokens)        median 58 · 95 % 141 · longest 533 · 2 over the limit of 512 · unknown 0.2 %
  task      text-classification    (told from columns text, label; --task names another)

  warning  areas.jsonl: 2 rows skipped: no label (first on line 1,204)
  warning  labels that only the validation rows have, and so are never learnt: HTTP; their rows count as wrong
  warning  labels of very few training rows: 他 (3)

  model     rootstocks/ja-small    BERT, 4 layers x 256, 5.9 M parameters, text-classification, 4 labels
            starts anew            classifier.weight, classifier.bias
  runtime   onnxruntime 1.30.0 (cpu, 2 threads)
`;

const tail = `
  epoch   train loss   eval loss   accuracy   macro F1
      1        0.512       0.361      0.871      0.792
      2        0.248       0.334      0.889      0.823   best
      3        0.170       0.341      0.882      0.826

  saved     my-model               (model card: my-model/README.md, curve: my-model/training.svg)
`;

describe("renderRun", () => {
  test("plain lines where nobody watches", () => {
    const middle = `
  epoch 1/3  10 %  loss 0.036  lr 2.0e-5  9,310 tokens/s  0:24 left
  epoch 1/3  20 %  loss 0.018  lr 2.0e-5  9,310 tokens/s  0:22 left
  epoch 1/3  30 %  loss 0.012  lr 2.0e-5  9,310 tokens/s  0:19 left
  evaluation  80 %  0:00 left
  evaluation 100 %

  epoch 1   step 90   train loss 0.512   eval loss 0.361   accuracy 0.871   macro F1 0.792   best so far
`;
    const text = render(false);
    assert.ok(text.startsWith(head), text);
    assert.ok(text.endsWith(tail), text);
    assert.equal(text.slice(head.length, head.length + middle.length), middle);
    assert.equal(text.match(/best so far/g)?.length, 2);
    assert.ok(!text.includes("\r") && !text.includes("\u001b"));
  });

  test("one redrawn line on a terminal", () => {
    const text = render(true);
    assert.ok(text.startsWith(head), text);
    assert.ok(text.endsWith(tail), text);
    const frames = text.split("\r").map((frame) => frame.replace("\u001b[K", ""));
    const half = frames.find((frame) => frame.includes("epoch 2/3") && frame.includes(" 50 %"));
    assert.equal(
      half?.trimEnd(),
      `  epoch 2/3 ${"━".repeat(15)}╺${"━".repeat(15)}  50 %  loss 0.007  lr 2.0e-5  9,310 tokens/s  0:15 left`,
    );
    for (const frame of frames.filter((frame) => frame.includes("━"))) assert.ok(frame.length <= 99, frame);
  });

  test("of several seeds the data and model are shown once, the evaluations of each", () => {
    let text = "";
    const write = (part: string): void => {
      text += part;
    };
    const out = reporter({ stream: { write }, clock: () => 0, color: false });
    const rendering = renderRun(out, () => 0);
    for (let seed = 0; seed < 2; seed++) play(rendering.events, () => undefined);
    assert.equal(text.match(/areas\.jsonl {2}/g)?.length, 1);
    assert.equal(text.match(/rootstocks/g)?.length, 1);
    assert.equal(text.match(/ step 90 /g)?.length, 2);
    assert.equal(rendering.table()?.rows.length, 3);
  });

  test("names from files cannot steer the terminal", () => {
    let text = "";
    const write = (part: string): void => {
      text += part;
    };
    const { events } = renderRun(reporter({ stream: { write }, clock: () => 0, color: false }), () => 0);
    events.note?.("a \u001b[2J note");
    assert.equal(text, "\n  a ␛[2J note\n");
  });
});
