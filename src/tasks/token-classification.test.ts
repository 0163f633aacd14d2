import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { needs, sharedJson, sharedPath } from "../../test/shared.js";
import { float32, int64, type Tensor } from "../base/index.js";
import { type ColumnGuess, guessColumns, type RowSet, readRows } from "../data/index.js";
import { goldenTensors, headOutput, lossOf, minilm, minilmFile, spelling } from "./fixtures.test.js";
import type { TagItem } from "./tag-items.js";
import type { TaggedExample, WordsExample } from "./tagged-example.js";
import type { EncodeSettings, ItemOutput } from "./task.js";
import { tokenClassification } from "./token-classification.js";

const tokenizer = spelling(["mary", "met", "bob"]);
const roomy: EncodeSettings = { maxLength: 64, overflow: "truncate", stride: 0 };

function sentence(words: string, tags?: string): WordsExample {
  const known = { id: undefined, place: "test" };
  return { kind: "words", words: words.split(" "), tags: tags?.split(" "), ...known };
}

function rawText(text: string, ...entities: [type: string, start: number, end: number][]): TaggedExample {
  const spans = entities.map(([type, start, end]) => ({ type, start, end }));
  return { kind: "text", text, entities: spans, id: undefined, place: "test" };
}

const learnt = [sentence("mary met bob smith", "B-PER O B-PER I-PER"), sentence("x y", "B-LOC O")];

/** Outputs of a model that is sure of the tag that `choose` names for a word. */
function outputsOf(
  items: readonly TagItem[],
  labels: readonly string[],
  choose: (item: TagItem, word: number) => string,
): ItemOutput[] {
  return items.map((item) => {
    const logits = new Float32Array(item.decided.length * labels.length);
    item.decided.forEach((word, i) => {
      logits[i * labels.length + labels.indexOf(choose(item, word))] = 20;
    });
    return { logits };
  });
}

describe("token classification", () => {
  test("reads words with tags and texts with entities, and skips what does not fit", () => {
    const read = (columns: string[], fields: Record<string, never>[]) => {
      const rows = fields.map((row, i) => ({ fields: row, line: i + 1 }));
      const set: RowSet = { path: "x.jsonl", format: "jsonl", columns, rows, skipped: [] };
      return tokenClassification.readExamples(set, guessColumns("token-classification", set) as ColumnGuess);
    };
    const words = read(["tokens", "ner_tags"], [
      { tokens: ["a", "b"], ner_tags: ["O", "B-X"] },
      { tokens: ["a"], ner_tags: ["O", "O"] },
      { tokens: [], ner_tags: [] },
    ] as never[]);
    assert.deepEqual(words.examples, [{ ...sentence("a b", "O B-X"), place: "x.jsonl, line 1" }]);
    assert.deepEqual(words.skipped, [
      { line: 2, reason: "expected 1 tags, one a word, got 2" },
      { line: 3, reason: "no words in column tokens" },
    ]);
    const texts = read(["text", "entities"], [
      { text: "😀ab", entities: [{ name: "ab", span: [1, 3], type: "X" }] },
      { text: "ab", entities: [{ span: [1, 9], type: "X" }] },
    ] as never[]);
    assert.deepEqual(texts.examples, [{ ...rawText("😀ab", ["X", 2, 4]), place: "x.jsonl, line 1" }]);
    assert.match(texts.skipped[0]!.reason, /^expected a place within the text's 2 characters, got 9/);
  });

  test("the first token of a word carries its label, all else weighs nothing", () => {
    const problem = tokenClassification.learn(learnt, {});
    assert.deepEqual(problem.labels, ["B-LOC", "B-PER", "I-PER", "O"]);
    const items = problem.encode(
      [sentence("mary xy bob", "B-PER O B-NEW"), sentence("bob", "B-PER")],
      tokenizer,
      roomy,
    );
    assert.equal(problem.weightOf(items), 3); // B-NEW was not learnt
    const targets = problem.targets(items, 6, 3);
    // [CLS] mary x ##y bob [SEP]; [CLS] bob [SEP] and padding
    assert.deepEqual(targets.get("labels"), int64([2, 6], [0, 1, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0]));
    const third = 1 / 3;
    assert.deepEqual(
      targets.get("weights"),
      float32([2, 6], [0, third, third, 0, 0, 0, 0, third, 0, 0, 0, 0]),
    );
  });

  test("class weights make rare tags count more", () => {
    const problem = tokenClassification.learn(learnt, { classWeights: { "B-LOC": 5 } });
    const items = problem.encode(learnt, tokenizer, roomy);
    assert.equal(problem.weightOf(items), 4 + 5 + 1);
  });

  test("tags as a whole: a chain joins the windows of a text, and keeps to its scheme", () => {
    const problem = tokenClassification.learn(learnt, { crf: true });
    assert.equal(problem.description, "token-classification, 2 entity types, CRF within IOB2");
    assert.deepEqual(problem.labels, ["B-LOC", "B-PER", "I-PER", "O"]);
    const long = sentence("mary met bob bob bob", "B-PER I-PER I-PER I-PER O");
    const items = problem.encode([long], tokenizer, { maxLength: 5, overflow: "stride", stride: 1 });
    assert.ok(items.length > 1);
    const chain = { start: new Float32Array(4), transitions: new Float32Array(16), end: new Float32Array(4) };
    chain.transitions.set([1], 1 * 4 + 2); // I-PER rather follows B-PER, and more so I-PER
    chain.transitions.set([2], 2 * 4 + 2);
    const sure = outputsOf(items, problem.labels, (_, word) => ["O", "O", "I-PER", "I-PER", "O"][word]!);
    const [prediction] = problem.decide(
      [long],
      items,
      sure.map((output) => ({ ...output, ...chain })),
    );
    assert.deepEqual(prediction!.tags, ["O", "B-PER", "I-PER", "I-PER", "O"]);
    assert.ok(prediction!.scores.every((score) => score > 0.5 && score < 1));
    const restored = tokenClassification.restore(problem.configFields(), {}, "config.json");
    assert.equal(restored.description, problem.description);
    assert.deepEqual(restored.configFields(), problem.configFields());
  });

  test("a chain wants no class weights, and a scheme that is known", () => {
    assert.throws(
      () => tokenClassification.learn(learnt, { crf: true, classWeights: "balanced" }),
      /--class-weights: expected none beside --crf/,
    );
    const fields = tokenClassification.learn(learnt, { crf: true }).configFields();
    assert.throws(
      () => tokenClassification.restore({ ...fields, crf: "IOB9" }, {}, "config.json"),
      /crf: expected one of IOB2, IOBES, BILOU, any, got string "IOB9"/,
    );
  });

  test("reads logits at the words' places", () => {
    const problem = tokenClassification.learn(learnt, {});
    const items = problem.encode([sentence("xy bob")], tokenizer, roomy); // [CLS] x ##y bob [SEP]
    const logits = float32(
      [1, 6, 4],
      Float32Array.from({ length: 24 }, (_, i) => i),
    );
    const [output] = problem.readOutputs(items, new Map([["logits", logits]]));
    assert.deepEqual([...output!["logits"]!], [4, 5, 6, 7, 12, 13, 14, 15]);
  });

  test("predicts entities of given words by number, and of raw text by place", () => {
    const problem = tokenClassification.learn(learnt, {});
    const examples = [
      sentence("mary met bob smith", "B-PER O B-PER I-PER"),
      tokenClassification.exampleOf("Bob Smithと東"),
    ];
    const items = problem.encode(examples, tokenizer, roomy);
    const wanted = [
      ["B-PER", "O", "B-PER", "I-PER"],
      ["B-PER", "I-PER", "O", "B-LOC"],
    ];
    const outputs = outputsOf(items, problem.labels, ({ example }, word) => wanted[example]![word]!);
    const predictions = problem.decide(examples, items, outputs);
    const [first, second] = examples.map((example, i) =>
      problem.describePrediction(example, predictions[i]!, [items[i]!]),
    );
    const shown = (described: typeof first) =>
      (
        described!["entities"] as { text: string; type: string; start: number; end: number; score: number }[]
      ).map(({ score, ...rest }) => {
        assert.ok(score > 0.999 && score <= 1);
        return rest;
      });
    assert.deepEqual(shown(first), [
      { text: "mary", type: "PER", start: 0, end: 1 },
      { text: "bob smith", type: "PER", start: 2, end: 4 },
    ]);
    assert.deepEqual(first!["truth"], ["B-PER", "O", "B-PER", "I-PER"]);
    assert.deepEqual(shown(second), [
      { text: "Bob Smith", type: "PER", start: 0, end: 9 },
      { text: "東", type: "LOC", start: 10, end: 11 },
    ]);
    assert.deepEqual(second!["words"], ["Bob", "Smith", "と", "東"]);
    assert.equal(second!["truncated"], false);
    assert.ok(!("truth" in second!));
  });

  test("words that were cut off are O, counted and told", () => {
    const problem = tokenClassification.learn(learnt, {});
    const examples = [sentence("mary met bob xyz mary", "B-PER O B-PER O B-PER")];
    const items = problem.encode(examples, tokenizer, { ...roomy, maxLength: 6 }); // [CLS] mary met bob x [SEP]
    const outputs = outputsOf(items, problem.labels, () => "B-PER");
    const [prediction] = problem.decide(examples, items, outputs);
    assert.deepEqual(prediction!.tags, ["B-PER", "B-PER", "B-PER", "B-PER", "O"]);
    assert.deepEqual(problem.notes!(examples, items), [
      { count: 1, what: "words that were cut off or have no token; their tag is taken to be O" },
    ]);
    const described = problem.describePrediction(examples[0]!, prediction!, items);
    assert.equal(described["truncated"], true);
    assert.equal(described["unseenWords"], 1);
    // of three true entities two are found, and two that are none
    const { metrics } = problem.evaluate(examples, [prediction!]);
    assert.equal(metrics["recall"], 2 / 3);
    assert.equal(metrics["precision"], 2 / 4);
    assert.equal(metrics["accuracy"], 2 / 5);
    assert.throws(() => problem.encode(examples, tokenizer, { ...roomy, maxLength: 6, overflow: "error" }), {
      name: "DataError",
      message: /^test: expected at most 6 tokens, got 9/,
    });
  });

  test("windows share out the words: each once, none lost, at its own first token", () => {
    const problem = tokenClassification.learn(learnt, {});
    const word = fc.stringMatching(/^[a-e]{1,4}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 0, max: 6 }),
        (words, stride) => {
          const settings: EncodeSettings = { maxLength: 10, overflow: "stride", stride };
          for (const example of [sentence(words.join(" ")), rawText(words.join(" "))]) {
            const items = problem.encode([example], tokenizer, settings);
            const decided = items.flatMap((item) => [...item.decided]).sort((a, b) => a - b);
            assert.deepEqual(
              decided,
              words.map((_, i) => i),
            );
            for (const { encoding, decided, positions } of items)
              decided.forEach((number, i) => {
                assert.equal(encoding.tokens[positions[i]!], words[number]![0]);
                assert.equal(encoding.wordIds[positions[i]!], number);
              });
          }
        },
      ),
    );
  });

  test("entities of raw text that tags cannot say count as missed", () => {
    const examples = [rawText("東京 bob xyz", ["LOC", 0, 2], ["PER", 3, 6], ["PER", 7, 9])];
    const problem = tokenClassification.learn(examples, {});
    assert.deepEqual(problem.labels, ["B-LOC", "B-PER", "I-LOC", "I-PER", "O"]);
    const items = problem.encode(examples, tokenizer, roomy);
    assert.deepEqual(problem.notes!(examples, items), [
      { count: 1, what: "entities that begin or end inside a token; the whole of it is tagged" },
    ]);
    const outputs = outputsOf(items, problem.labels, ({ words }, word) => words.tags![word]!);
    const predictions = problem.decide(examples, items, outputs);
    const { metrics, classes } = problem.evaluate(examples, predictions);
    assert.equal(metrics["accuracy"], 1);
    assert.equal(metrics["f1"], 2 / 3);
    assert.deepEqual(
      classes.map(({ label, f1, support }) => [label, f1, support]),
      [
        ["LOC", 1, 1],
        ["PER", 0.5, 2],
      ],
    );
  });

  test("tags that spell no entities are classes of words", () => {
    const examples = [sentence("mary met bob", "NOUN VERB NOUN")];
    const problem = tokenClassification.learn(examples, {});
    assert.equal(problem.primaryMetric.name, "accuracy");
    const items = problem.encode(examples, tokenizer, roomy);
    const predictions = problem.decide(
      examples,
      items,
      outputsOf(items, problem.labels, () => "NOUN"),
    );
    const { metrics, classes } = problem.evaluate(examples, predictions);
    assert.equal(metrics["accuracy"], 2 / 3);
    assert.equal(metrics["macro_f1"], 0.4); // NOUN 0.8, VERB 0
    assert.equal(classes[0]!.recall, 1);
    assert.ok(!("entities" in problem.describePrediction(examples[0]!, predictions[0]!, items)));
  });

  test("is restored from config.json", () => {
    const problem = tokenClassification.learn(learnt, {});
    const restored = tokenClassification.restore(problem.configFields(), {}, "config.json");
    assert.deepEqual(restored.labels, problem.labels);
    assert.equal(restored.primaryMetric.name, "f1");
    assert.equal(restored.description, "token-classification, 2 entity types");
    assert.throws(() => tokenClassification.restore({}, {}, "config.json"), /config.json: id2label/);
  });

  test("asks for tags to learn from", () => {
    assert.throws(() => tokenClassification.learn([sentence("a b", "O O")], {}), {
      name: "DataError",
      message: /at least two different tags in the training data, got O/,
    });
    assert.throws(() => tokenClassification.exampleOf({ texts: "x" }), { name: "DataError" });
  });
});

describe("token classification against Python", () => {
  test("the loss of the golden outputs", needs("golden/models/bert-for-token-classification"), async () => {
    const golden = goldenTensors("bert-for-token-classification");
    const labels = Array.from(golden.get("case0.in.labels")!.data, Number);
    const shape = golden.get("case0.in.labels")!.shape;
    const count = labels.filter((label) => label >= 0).length;
    assert.ok(count < labels.length, "some labels are ignored");
    const feeds = new Map<string, Tensor>([
      [
        "labels",
        int64(
          shape,
          labels.map((label) => Math.max(0, label)),
        ),
      ],
      [
        "weights",
        float32(
          shape,
          labels.map((label) => (label < 0 ? 0 : 1 / count)),
        ),
      ],
    ]);
    const logits = headOutput("logits", ["batch", "sequence", "labels"], golden.get("case0.out.logits")!);
    const loss = await lossOf(tokenClassification.learn(learnt, {}), new Map([["logits", logits]]), feeds);
    assert.ok(Math.abs(loss - Number(golden.get("case0.out.loss")!.data[0])) < 1e-6);
  });

  test("the scores of seqeval", needs("golden/metrics/seqeval.json"), () => {
    const { cases } = sharedJson("golden/metrics/seqeval.json");
    for (const { true: truth, pred, default: expected, accuracy } of cases) {
      const examples: TaggedExample[] = truth.map((tags: string[]) => ({
        ...sentence("x"),
        words: tags,
        tags,
      }));
      const problem = tokenClassification.learn(learnt, {});
      const predictions = pred.map((tags: string[], i: number) => ({
        tags,
        truth: truth[i],
        entities: entitiesOf(tags),
      }));
      const { metrics, classes } = problem.evaluate(examples, predictions);
      for (const [name, value] of Object.entries({
        precision: expected.precision,
        recall: expected.recall,
        f1: expected.f1,
        macro_f1: expected.f1_macro,
        accuracy,
      }))
        assert.ok(Math.abs(metrics[name]! - (value as number)) < 1e-12, name);
      // seqeval gives no report where there is no true entity
      for (const { label, f1, support } of expected.report === null ? [] : classes) {
        const golden = expected.report[label];
        assert.ok(Math.abs(f1 - golden["f1-score"]) < 1e-12);
        assert.equal(support, golden.support);
      }
    }
  });

  /** The entities that a prediction has for tags, by way of a model that is sure of them. */
  function entitiesOf(tags: string[]) {
    const labels = [...new Set(["O", "B-X", ...tags])];
    const problem = tokenClassification.learn([{ ...sentence("x"), words: labels, tags: labels }], {});
    const examples = [{ ...sentence("x"), words: tags.map(() => "bob"), tags: undefined }];
    const items = problem.encode(examples, tokenizer, { ...roomy, maxLength: 1000 });
    const outputs = outputsOf(items, problem.labels, (_, word) => tags[word]!);
    return problem.decide(examples, items, outputs)[0]!.entities;
  }

  test(
    "real sentences come back whole from a perfect model",
    needs(minilmFile, "data/en/ner-wikigold/wikigold.conll.txt", "data/ja/ner-wikipedia/valid.jsonl"),
    async () => {
      for (const [path, inexact] of [
        ["data/en/ner-wikigold/wikigold.conll.txt", 0],
        ["data/ja/ner-wikipedia/valid.jsonl", 71],
      ] as const) {
        const set = await readRows(sharedPath(path));
        const { examples, skipped } = tokenClassification.readExamples(
          set,
          guessColumns("token-classification", set) as ColumnGuess,
        );
        assert.equal(skipped.length, 0);
        const problem = tokenClassification.learn(examples, {});
        const items = problem.encode(examples, minilm(), { maxLength: 64, overflow: "stride", stride: 16 });
        const outputs = outputsOf(items, problem.labels, ({ words }, word) => words.tags![word]!);
        const { metrics, exampleCount } = problem.evaluate(
          examples,
          problem.decide(examples, items, outputs),
        );
        assert.equal(exampleCount, examples.length);
        assert.equal(metrics["accuracy"], 1);
        const notes = problem.notes!(examples, items);
        assert.equal(notes[0]?.count ?? 0, inexact);
        if (inexact === 0) assert.equal(metrics["f1"], 1);
        else assert.ok(metrics["f1"]! > 0.85 && metrics["f1"]! < 1);
      }
    },
  );
});
