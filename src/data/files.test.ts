import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { needs, sharedPath } from "../../test/shared.js";
import {
  answersOf,
  entitySpansOf,
  findSplitFiles,
  guessColumns,
  inferTaskForm,
  type LabelKind,
  labelKindOf,
  type RowFormat,
  readRows,
  type TaskForm,
  taggedWordsOf,
} from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "tsugiki-data-"));
after(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface RealFile {
  readonly path: string;
  readonly format: RowFormat;
  readonly rowCount: number;
  readonly form: TaskForm;
  /** Roles and columns in the order of finding. */
  readonly columns: string;
  readonly kind?: LabelKind;
  readonly skippedCount?: number;
}

const text = "text-classification";
const token = "token-classification";
const squad = {
  format: "squad",
  form: "question-answering",
  columns: "question=question context=context answers=answers impossible=is_impossible id=id",
} as const;
const conll = { format: "conll", form: token, columns: "words=words tags=tags" } as const;
const pair = "text=sentence1 pair=sentence2";

// biome-ignore format: one line a file
const realFiles: readonly RealFile[] = [
  { path: "data/en/sst2/train.tsv", format: "tsv", rowCount: 6920, form: text, columns: "label=2 text=1", kind: "class" },
  { path: "data/en/sst2/dev.tsv", format: "tsv", rowCount: 872, form: text, columns: "label=2 text=1", kind: "class" },
  { path: "data/en/cola/train.tsv", format: "tsv", rowCount: 6000, form: text, columns: "label=2 text=4", kind: "class" },
  { path: "data/en/cola/dev.tsv", format: "tsv", rowCount: 1043, form: text, columns: "label=2 text=4", kind: "class" },
  { path: "data/en/stsb/stsb-en-train.csv", format: "csv", rowCount: 5749, form: text, columns: "label=3 text=1 pair=2", kind: "number" },
  { path: "data/en/stsb/stsb-en-dev.csv", format: "csv", rowCount: 1500, form: text, columns: "label=3 text=1 pair=2", kind: "number" },
  { path: "data/en/snli/dev.jsonl", format: "jsonl", rowCount: 9842, form: text, columns: `${pair} label=gold_label`, kind: "class" },
  { path: "data/en/ag_news/train.csv", format: "csv", rowCount: 5000, form: text, columns: "label=1 text=3", kind: "class" },
  { path: "data/en/ag_news/valid.csv", format: "csv", rowCount: 1300, form: text, columns: "label=1 text=3", kind: "class" },
  { path: "data/en/trec/train_5500.label", format: "labeled-lines", rowCount: 5452, form: text, columns: "label=label text=text", kind: "class" },
  { path: "data/en/ner-wikigold/wikigold.conll.txt", rowCount: 1696, skippedCount: 145, ...conll },
  { path: "data/en/ner-btc/a.conll", rowCount: 1000, ...conll },
  { path: "data/en/ner-btc/f.conll", rowCount: 2000, skippedCount: 2, ...conll },
  { path: "data/en/xquad/xquad.en.part1.json", rowCount: 851, ...squad },
  { path: "data/ja/jsquad/train.json", rowCount: 3036, ...squad },
  { path: "data/ja/jsquad/valid.json", rowCount: 1005, ...squad },
  { path: "data/ja/jaquad/jaquad_train_0000.json", rowCount: 1002, ...squad },
  { path: "data/ja/jnli/train.jsonl", format: "jsonl", rowCount: 2434, form: text, columns: `${pair} label=label id=sentence_pair_id`, kind: "class" },
  { path: "data/ja/jsts/valid.jsonl", format: "jsonl", rowCount: 1457, form: text, columns: `${pair} label=label id=sentence_pair_id`, kind: "number" },
  { path: "data/ja/jsick/train.tsv", format: "tsv", rowCount: 5000, form: text, columns: "text=sentence_A_Ja pair=sentence_B_Ja label=entailment_label_Ja id=pair_ID", kind: "class" },
  { path: "data/ja/jrte-pn/train.tsv", format: "tsv", rowCount: 3888, form: text, columns: "label=2 text=3", kind: "class" },
  { path: "data/ja/ner-wikipedia/train.jsonl", format: "jsonl", rowCount: 2272, form: token, columns: "entities=entities text=text id=curid" },
  { path: "data/ja/ud-gsd/dev.jsonl", format: "jsonl", rowCount: 507, form: token, columns: "words=form tags=upos id=sent_id" },
  { path: "corpora/labelled/mdn-ja-area/train.jsonl", format: "jsonl", rowCount: 3000, form: text, columns: "label=label text=text", kind: "class" },
];

describe("published data sets", () => {
  for (const file of realFiles) {
    test(`${file.path}: rows, task and columns`, needs(file.path), async () => {
      const set = await readRows(sharedPath(file.path));
      assert.equal(set.format, file.format);
      assert.equal(set.rows.length, file.rowCount);
      assert.equal(set.skipped.length, file.skippedCount ?? 0);
      assert.equal(inferTaskForm(set).form, file.form);
      const { columns, found } = guessColumns(file.form, set);
      assert.equal(found.map(({ role, columns }) => `${role}=${columns}`).join(" "), file.columns);
      if (file.kind) assert.equal(labelKindOf(set, (columns as { label: string }).label), file.kind);
      for (const row of set.rows) {
        if (file.form === "question-answering")
          answersOf(set, row, { context: "context", answers: "answers" });
        else if ("entities" in columns) entitySpansOf(set, row, { text: "text", entities: "entities" });
        else if ("words" in columns) taggedWordsOf(set, row, columns as { words: string; tags: string });
      }
    });
  }
});

describe("readRows", () => {
  test("unpacks gzip'd text", async () => {
    const rows = "text,label\n".concat("雨,a\n".repeat(1000));
    const set = await readRows(write("packed.csv.gz", gzipSync(rows)));
    assert.equal(set.rows.length, 1000);
    assert.equal(set.rows[999]!.line, 1001);
    assert.equal(set.format, "csv");
    assert.equal((await readRows(write("packed.jsonl.gz", gzipSync('{"text": "a"}\n')))).rows.length, 1);
  });

  test("finds the format of a file whose name does not tell", async () => {
    const formats: [string, string, RowFormat][] = [
      ["a.txt", "EU B-ORG\nrejects O\n\nPeter B-PER\n", "conll"],
      ["train", "ただし O\n、 O\n\n東京 B-LOC\n", "conll"],
      ["ner.tsv", "EU\tB-ORG\nrejects\tO\n\nPeter\tB-PER\n", "conll"],
      ["b.txt", "a sentence\t1\nanother one\t0\n", "tsv"],
      ["c.txt", "__label__a some text\n", "labeled-lines"],
      ["d.txt", '[{"text": "a"}]', "json"],
      ["e.txt", "just a line\nand another\n", "lines"],
      ["f.data", '{"text": "a"}\n{"text": "b"}\n', "jsonl"],
      ["g.json", '{"text": "a"}\n{"text": "b"}\n', "jsonl"],
    ];
    for (const [name, content, format] of formats) {
      assert.equal((await readRows(write(name, content))).format, format, name);
    }
  });

  test("takes the format it is told", async () => {
    const path = write("h.txt", "text,label\na,b\n");
    assert.deepEqual((await readRows(path, { format: "csv" })).columns, ["text", "label"]);
  });

  test("reads semicolons and tabs in a .csv without commas", async () => {
    assert.deepEqual((await readRows(write("i.csv", "text;label\na, b;1\n"))).columns, ["text", "label"]);
    assert.deepEqual((await readRows(write("j.csv", "text\tlabel\na, b\t1\n"))).columns, ["text", "label"]);
  });
});

describe("findSplitFiles", () => {
  test("knows train, dev and test files by their names", async () => {
    const data = mkdtempSync(join(folder, "ner-"));
    for (const name of ["train.txt", "dev.txt", "test.txt", "README.md", "training.svg", "labels.json"]) {
      writeFileSync(join(data, name), "x");
    }
    assert.deepEqual(await findSplitFiles(data), {
      train: join(data, "train.txt"),
      validation: join(data, "dev.txt"),
      test: join(data, "test.txt"),
    });
  });

  test("asks where two files would fit, or none does", async () => {
    const data = mkdtempSync(join(folder, "two-"));
    await assert.rejects(findSplitFiles(data), /expected train, dev or test files, found no data file/);
    for (const name of ["train.csv", "ja-train.jsonl"]) writeFileSync(join(data, name), "x");
    await assert.rejects(findSplitFiles(data), /expected one train file, found ja-train\.jsonl, train\.csv/);
    await assert.rejects(findSplitFiles(join(data, "none")), /expected a folder with data files, found none/);
  });
});
