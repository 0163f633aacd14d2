import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Json } from "../base/index.js";
import { fieldsOf } from "../formats/row.js";
import { canonicalName } from "./column-names.js";
import { choicesOf, guessColumns, inferTaskForm, type RowSet, type TaskForm } from "./index.js";

function setOf(columns: readonly string[], ...rows: readonly (readonly Json[])[]): RowSet {
  const made = rows.map((values, i) => ({ fields: fieldsOf(columns, values), line: i + 1 }));
  return { path: "a.jsonl", format: "jsonl", columns, rows: made, skipped: [] };
}

const found = (form: TaskForm, set: RowSet, named = {}) =>
  guessColumns(form, set, named)
    .found.map(({ role, columns, by }) => `${role}=${columns} (${by})`)
    .join(", ");

describe("columns by name", () => {
  // columns of published data sets, with one row; the task they are for; what is found
  const cases: readonly [columns: string, row: readonly Json[], form: TaskForm, expected: string][] = [
    ["text label", ["a", 1], "text-classification", "label=label text=text"],
    ["review sentiment", ["a", "good"], "text-classification", "label=sentiment text=review"],
    ["本文 ラベル", ["a", "b"], "text-classification", "label=ラベル text=本文"],
    [
      "premise hypothesis label idx",
      ["a", "b", 0, 3],
      "text-classification",
      "text=premise pair=hypothesis label=label id=idx",
    ],
    [
      "question1 question2 label",
      ["a", "b", 0],
      "text-classification",
      "text=question1 pair=question2 label=label",
    ],
    [
      "question sentence label idx",
      ["a", "b", 0, 1],
      "text-classification",
      "text=question pair=sentence label=label id=idx",
    ],
    ["文１ 文２ 類似度", ["a", "b", 1.5], "text-classification", "text=文１ pair=文２ label=類似度"],
    [
      "Sentence1 Sentence2 goldLabel",
      ["a", "b", "x"],
      "text-classification",
      "text=Sentence1 pair=Sentence2 label=goldLabel",
    ],
    ["id tokens ner_tags", ["1", ["a"], [0]], "token-classification", "words=tokens tags=ner_tags id=id"],
    ["tokens pos_tags ner_tags", [["a"], [1], [0]], "token-classification", "words=tokens tags=ner_tags"],
    [
      "text entities",
      ["a", [{ start: 0, end: 1, label: "x" }]],
      "token-classification",
      "entities=entities text=text",
    ],
    ["text labels", ["a", [[0, 1, "x"]]], "token-classification", "entities=labels text=text"],
    [
      "id context question answers",
      ["1", "c", "q", { text: [], answer_start: [] }],
      "question-answering",
      "question=question context=context answers=answers id=id",
    ],
    [
      "question choices answerKey",
      ["q", { label: ["A"], text: ["x"] }, "A"],
      "multiple-choice",
      "choices=choices context=question label=answerKey",
    ],
    [
      "q_id question choice0 choice1 choice2 label",
      [1, "q", "a", "b", "c", 2],
      "multiple-choice",
      "choices=choice0,choice1,choice2 context=question label=label id=q_id",
    ],
    [
      "sent1 sent2 ending0 ending1 label",
      ["a", "b", "c", "d", 0],
      "multiple-choice",
      "choices=ending0,ending1 context=sent1 prompt=sent2 label=label",
    ],
    [
      "article question options answer",
      ["a", "q", ["x", "y"], "B"],
      "multiple-choice",
      "choices=options context=article prompt=question label=answer",
    ],
    [
      "premise choice1 choice2 label",
      ["a", "x", "y", 1],
      "multiple-choice",
      "choices=choice1,choice2 context=premise label=label",
    ],
  ];
  for (const [names, row, form, expected] of cases) {
    test(names, () => {
      const set = setOf(names.split(" "), row);
      assert.equal(inferTaskForm(set).form, form);
      assert.equal(found(form, set).replaceAll(" (name)", "").replaceAll(", ", " "), expected);
    });
  }

  test("spellings are one name", () => {
    for (const name of ["Sentence_A_Ja", "sentence-a", "sentenceA", " SENTENCE A "]) {
      assert.equal(canonicalName(name), "sentence_a");
    }
  });

  test("several labels a row are a text's, not a token's", () => {
    const set = setOf(["text", "labels"], ["a", ["x", "y"]], ["b", []]);
    assert.equal(inferTaskForm(set).form, "text-classification");
  });
});

describe("columns by content", () => {
  test("the label is the column of few values, the text the longest", () => {
    const rows = Array.from({ length: 12 }, (_, i) => [
      `id-${i}`,
      i % 2 === 0 ? "good" : "bad",
      `this is review ${i}`,
    ]);
    const set = setOf(["1", "2", "3"], ...rows);
    assert.equal(found("text-classification", set), "label=2 (content), text=3 (content)");
  });

  test("two texts of like length and a number are a scored pair", () => {
    const rows = Array.from({ length: 12 }, (_, i) => [
      `the first ${i}`,
      `the second ${i}`,
      `${(i % 7) / 2}`,
    ]);
    assert.equal(
      found("text-classification", setOf(["1", "2", "3"], ...rows)),
      "label=3 (content), text=1 (content), pair=2 (content)",
    );
  });

  test("one column of text is enough to predict", () => {
    assert.equal(found("text-classification", setOf(["1"], ["a b"], ["c d"])), "text=1 (content)");
  });
});

describe("columns by option", () => {
  const set = setOf(["text", "title", "label", "area"], ["a", "b", "c", "d"]);

  test("an option comes before name and content", () => {
    assert.equal(
      found("text-classification", set, { text: "title", label: "area" }),
      "text=title (option), label=area (option)",
    );
  });

  test("an unknown column answers with the nearest", () => {
    assert.throws(
      () => guessColumns("text-classification", set, { label: "lable" }),
      (error: Error & { hint?: string }) =>
        error.message === 'a.jsonl: expected a column "lable", got text, title, label, area' &&
        error.hint === 'did you mean "label"?',
    );
  });

  test("data that tells nothing asks for the task", () => {
    assert.throws(
      () => inferTaskForm(setOf(["x"], [1], [2])),
      (error: Error & { hint?: string }) =>
        /a\.jsonl: expected columns that tell the task, got x/.test(error.message) &&
        /--task/.test(error.hint!),
    );
  });
});

describe("choices", () => {
  const columns = { choices: ["choices"], label: "label" };
  const right = (choices: Json, label: Json) => {
    const set = setOf(["choices", "label"], [choices, label]);
    return choicesOf(set, set.rows[0]!, columns).right;
  };

  test("the right one is named by number, letter, its own label or its text", () => {
    assert.equal(right(["x", "y"], 1), 1);
    assert.equal(right(["x", "y"], "1"), 1);
    assert.equal(right(["x", "y"], "B"), 1);
    assert.equal(right(["x", "y"], "y"), 1);
    assert.equal(right({ label: ["1", "2"], text: ["x", "y"] }, "2"), 1);
    assert.equal(right(["x", "y"], null), undefined);
  });
});
