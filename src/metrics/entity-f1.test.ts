import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { needs, sharedJson } from "../../test/shared.js";
import type { ClassReport, ClassScores } from "./index.js";
import {
  type EntityScheme,
  entityF1,
  entityMacroF1,
  entityPrecision,
  entityRecall,
  entityReport,
  extractEntities,
  extractEntitiesStrictly,
  tagAccuracy,
} from "./index.js";

interface GoldenScores {
  precision: number;
  recall: number;
  f1: number;
  f1_macro: number;
  report: Record<string, Record<string, number>> | null;
}

const close = (actual: number, expected: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= 1e-12, `${what}: ${actual} is not ${expected}`);

function checkScores(scores: ClassScores, golden: Record<string, number>, what: string): void {
  close(scores.precision, golden["precision"]!, `${what} precision`);
  close(scores.recall, golden["recall"]!, `${what} recall`);
  close(scores.f1, golden["f1-score"]!, `${what} F1`);
  assert.equal(scores.support, golden["support"], `${what} support`);
}

function checkReport(
  report: ClassReport,
  golden: Record<string, Record<string, number>>,
  what: string,
): void {
  const averages = ["micro avg", "macro avg", "weighted avg"];
  const types = Object.keys(golden).filter((name) => !averages.includes(name));
  assert.deepEqual([...report.classes.keys()], types, what);
  for (const type of types) checkScores(report.classes.get(type)!, golden[type]!, `${what} ${type}`);
  checkScores(report.micro, golden["micro avg"]!, `${what} micro`);
  checkScores(report.macro, golden["macro avg"]!, `${what} macro`);
  checkScores(report.weighted, golden["weighted avg"]!, `${what} weighted`);
}

describe("entity metrics", () => {
  test("equal seqeval's, by default and strict", needs("golden/metrics/seqeval.json"), () => {
    const { cases } = sharedJson("golden/metrics/seqeval.json");
    assert.equal(cases.length, 26);
    for (const [i, golden] of cases.entries()) {
      const entities = golden.true.map((tags: string[]) =>
        extractEntities(tags).map(({ type, start, end }) => [type, start, end - 1]),
      );
      assert.deepEqual(entities, golden.entities_true, `case ${i}`);
      close(tagAccuracy.compute(golden.true, golden.pred), golden.accuracy, `case ${i} accuracy`);
      const modes: [GoldenScores, EntityScheme | undefined][] = [
        [golden.default, undefined],
        [golden.strict_IOB2, "IOB2"],
      ];
      for (const [scores, scheme] of modes) {
        const what = `case ${i} ${scheme ?? "default"}`;
        close(entityPrecision.compute(golden.true, golden.pred, scheme), scores.precision, what);
        close(entityRecall.compute(golden.true, golden.pred, scheme), scores.recall, what);
        close(entityF1.compute(golden.true, golden.pred, scheme), scores.f1, what);
        close(entityMacroF1.compute(golden.true, golden.pred, scheme), scores.f1_macro, what);
        if (scores.report) checkReport(entityReport(golden.true, golden.pred, scheme), scores.report, what);
      }
    }
  });

  test("a tag that the scheme does not have is refused", () => {
    assert.throws(
      () => extractEntitiesStrictly(["E-PER"], "IOB2"),
      /tag "E-PER": expected one of I, O, B first/,
    );
    assert.throws(() => extractEntitiesStrictly([""], "IOB2"), /tag ""/);
  });

  test("sentences of uneven length are refused with their number", () => {
    assert.throws(
      () => entityF1.compute([["O"], ["O", "O"]], [["O"], ["O"]]),
      /sentence 2: expected 2 predicted tags, got 1/,
    );
  });

  /** seqeval 1.2.2 on random tags: the tags, the entities under the scheme, the entities by default. */
  const schemes: Record<EntityScheme, [tags: string, strict: string, lenient: string][]> = {
    IOB1: [
      ["O B-Y B-X O I-X I-X O", "X4:6", "Y1:2 X2:3 X4:6"],
      ["I-Y B-X B-X I-X O O", "Y0:1 X2:4", "Y0:1 X1:2 X2:4"],
      ["O I-X I-Y I-X", "X1:2 Y2:3 X3:4", "X1:2 Y2:3 X3:4"],
      ["I-X I-X I-Y", "X0:2 Y2:3", "X0:2 Y2:3"],
      ["I-X I-X O O I-Y", "X0:2 Y4:5", "X0:2 Y4:5"],
      ["I-X O I-Y O B-X B-Y", "X0:1 Y2:3", "X0:1 Y2:3 X4:5 Y5:6"],
      ["O O O", "", ""],
      ["B-Y I-Y O B-X I-Y I-Y", "Y1:2 Y4:6", "Y0:2 X3:4 Y4:6"],
      ["O I-Y O O B-X O I-X B-X I-X", "Y1:2 X6:7 X7:9", "Y1:2 X4:5 X6:7 X7:9"],
      ["O O B-Y B-Y O I-Y O I-Y I-X", "Y3:4 Y5:6 Y7:8 X8:9", "Y2:3 Y3:4 Y5:6 Y7:8 X8:9"],
      ["B-Y I-Y O B-X O", "Y1:2", "Y0:2 X3:4"],
      ["O O I-X B-X B-Y O I-X I-Y", "X2:3 X6:7 Y7:8", "X2:3 X3:4 Y4:5 X6:7 Y7:8"],
      ["I-Y O O", "Y0:1", "Y0:1"],
      ["O I-X B-X O O I-X B-X B-Y", "X1:2 X2:3 X5:6", "X1:2 X2:3 X5:6 X6:7 Y7:8"],
    ],
    IOB2: [
      ["I-Y O I-X", "", "Y0:1 X2:3"],
      ["O O I-Y B-X B-Y O B-Y O O", "X3:4 Y4:5 Y6:7", "Y2:3 X3:4 Y4:5 Y6:7"],
      ["O O I-X O B-X", "X4:5", "X2:3 X4:5"],
      ["O O I-X O O B-Y I-Y B-X", "Y5:7 X7:8", "X2:3 Y5:7 X7:8"],
      ["O O B-Y O O B-Y O B-X B-X", "Y2:3 Y5:6 X7:8 X8:9", "Y2:3 Y5:6 X7:8 X8:9"],
      ["B-Y O B-Y O O B-Y", "Y0:1 Y2:3 Y5:6", "Y0:1 Y2:3 Y5:6"],
      ["O B-Y B-Y O I-Y", "Y1:2 Y2:3", "Y1:2 Y2:3 Y4:5"],
      ["O B-X B-X I-Y O", "X1:2 X2:3", "X1:2 X2:3 Y3:4"],
      ["B-X B-Y I-Y O B-Y", "X0:1 Y1:3 Y4:5", "X0:1 Y1:3 Y4:5"],
      ["I-X I-Y B-X I-X B-X O I-X I-X", "X2:4 X4:5", "X0:1 Y1:2 X2:4 X4:5 X6:8"],
      ["O I-Y I-X", "", "Y1:2 X2:3"],
      ["O O O B-X B-X I-Y", "X3:4 X4:5", "X3:4 X4:5 Y5:6"],
      ["O O O", "", ""],
      ["O I-Y I-Y I-Y B-Y B-Y O I-Y O", "Y4:5 Y5:6", "Y1:4 Y4:5 Y5:6 Y7:8"],
    ],
    IOE1: [
      ["E-Y O I-X E-Y E-Y I-X E-X O E-X", "X2:3", "Y0:1 X2:3 Y3:4 Y4:5 X5:7 X8:9"],
      ["I-Y E-X O E-Y O O", "Y0:1", "Y0:1 X1:2 Y3:4"],
      ["O O O E-Y", "", "Y3:4"],
      ["I-Y E-Y O O O I-Y", "Y5:6", "Y0:2 Y5:6"],
      ["O O I-Y I-X E-Y", "Y2:3 X3:4", "Y2:3 X3:4 Y4:5"],
      ["O I-X O I-Y", "X1:2 Y3:4", "X1:2 Y3:4"],
      ["E-Y I-Y I-X O O I-Y O", "Y1:2 X2:3 Y5:6", "Y0:1 Y1:2 X2:3 Y5:6"],
      ["E-Y E-X I-X O O E-Y", "X2:3", "Y0:1 X1:2 X2:3 Y5:6"],
      ["O E-X O O O E-X I-X", "X6:7", "X1:2 X5:6 X6:7"],
      ["E-Y E-X E-X I-Y O", "Y3:4", "Y0:1 X1:2 X2:3 Y3:4"],
      ["E-Y O O O E-X O O", "", "Y0:1 X4:5"],
      ["I-Y I-Y E-Y E-Y O I-X O E-Y O", "Y0:3 X5:6", "Y0:3 Y3:4 X5:6 Y7:8"],
      ["I-Y E-X I-X O I-X E-X O", "Y0:1 X2:3", "Y0:1 X1:2 X2:3 X4:6"],
      ["O I-Y E-Y I-X I-X E-X E-X O", "X3:6", "Y1:3 X3:6 X6:7"],
    ],
    IOE2: [
      ["O I-X E-X O I-X E-X I-X E-Y", "X1:3 X4:6 Y7:8", "X1:3 X4:6 X6:7 Y7:8"],
      ["I-Y I-X E-Y E-X I-Y I-Y E-Y O", "Y2:3 X3:4 Y4:7", "Y0:1 X1:2 Y2:3 X3:4 Y4:7"],
      ["E-Y I-X E-Y I-Y E-X", "Y0:1 Y2:3 X4:5", "Y0:1 X1:2 Y2:3 Y3:4 X4:5"],
      ["I-X O O E-X I-Y", "X3:4", "X0:1 X3:4 Y4:5"],
      ["E-Y I-X E-X E-Y I-X I-X", "Y0:1 X1:3 Y3:4", "Y0:1 X1:3 Y3:4 X4:6"],
      ["E-Y I-Y O O O I-X E-Y", "Y0:1 Y6:7", "Y0:1 Y1:2 X5:6 Y6:7"],
      ["I-Y E-X E-X", "X1:2 X2:3", "Y0:1 X1:2 X2:3"],
      ["E-Y I-X E-Y", "Y0:1 Y2:3", "Y0:1 X1:2 Y2:3"],
      ["I-Y O E-Y O O", "Y2:3", "Y0:1 Y2:3"],
      ["E-Y E-Y E-Y O", "Y0:1 Y1:2 Y2:3", "Y0:1 Y1:2 Y2:3"],
      ["I-X E-X O I-X I-X I-X I-X", "X0:2", "X0:2 X3:7"],
      ["O E-Y I-Y O O E-Y", "Y1:2 Y5:6", "Y1:2 Y2:3 Y5:6"],
      ["O O I-X I-X I-Y", "", "X2:4 Y4:5"],
      ["O O I-Y I-Y I-Y E-X I-Y I-Y O", "X5:6", "Y2:5 X5:6 Y6:8"],
    ],
    IOBES: [
      ["I-X E-Y O I-Y B-Y", "", "X0:1 Y1:2 Y3:4 Y4:5"],
      ["O O I-X I-X I-Y B-Y O E-Y", "", "X2:4 Y4:5 Y5:6 Y7:8"],
      ["I-Y O O O O", "", "Y0:1"],
      ["S-Y B-X E-X", "Y0:1 X1:3", "Y0:1 X1:3"],
      ["E-X I-X S-Y I-X O E-X", "Y2:3", "X0:1 X1:2 Y2:3 X3:4 X5:6"],
      ["I-X I-Y E-X I-Y E-Y B-X", "", "X0:1 Y1:2 X2:3 Y3:5 X5:6"],
      ["O O S-Y", "Y2:3", "Y2:3"],
      ["S-X I-Y I-X S-X", "X0:1 X3:4", "X0:1 Y1:2 X2:3 X3:4"],
      ["I-X S-X E-Y E-Y S-Y S-X I-Y", "X1:2 Y4:5 X5:6", "X0:1 X1:2 Y2:3 Y3:4 Y4:5 X5:6 Y6:7"],
      ["E-X S-X O B-Y I-Y E-Y O O", "X1:2 Y3:6", "X0:1 X1:2 Y3:6"],
      ["I-Y O I-Y S-X B-X E-X I-X", "X3:4 X4:6", "Y0:1 Y2:3 X3:4 X4:6 X6:7"],
      ["B-Y I-X E-Y E-X B-X S-X E-X I-X E-Y", "X5:6", "Y0:1 X1:2 Y2:3 X3:4 X4:5 X5:6 X6:7 X7:8 Y8:9"],
      ["E-X B-X B-X", "", "X0:1 X1:2 X2:3"],
      ["B-Y B-Y I-X S-X", "X3:4", "Y0:1 Y1:2 X2:3 X3:4"],
    ],
    BILOU: [
      ["B-X I-Y O", "", "X0:1 Y1:2"],
      ["L-X I-Y I-Y I-Y L-X I-X B-Y U-X I-Y", "X7:8", "X0:1 Y1:4 X4:6 Y6:7 X7:8 Y8:9"],
      ["O O B-Y L-Y I-Y U-Y I-Y B-X U-Y", "Y2:4 Y5:6 Y8:9", "Y2:7 X7:8 Y8:9"],
      ["U-X B-X O B-X B-X U-X", "X0:1 X5:6", "X1:2 X3:4 X4:6"],
      ["L-Y O I-X L-X L-Y I-Y", "", "Y0:1 X2:4 Y4:6"],
      ["I-X U-Y O L-X I-X", "Y1:2", "X0:1 Y1:2 X3:5"],
      ["O B-X I-Y B-Y I-Y O", "", "X1:2 Y2:3 Y3:5"],
      ["O U-X I-Y B-X U-X O B-Y B-Y", "X1:2 X4:5", "X1:2 Y2:3 X3:5 Y6:7 Y7:8"],
      ["O U-Y U-Y O U-X U-X O", "Y1:2 Y2:3 X4:5 X5:6", "Y1:3 X4:6"],
      ["U-X U-X L-Y B-X B-Y", "X0:1 X1:2", "X0:2 Y2:3 X3:4 Y4:5"],
      ["U-Y L-X L-X B-X B-Y L-X O", "Y0:1", "Y0:1 X3:4 Y4:5 X5:6"],
      ["B-X I-Y U-Y O B-Y O I-X", "Y2:3", "X0:1 Y1:3 Y4:5 X6:7"],
      ["U-Y O L-X U-Y I-X I-Y L-Y U-X", "Y0:1 Y3:4 X7:8", "Y0:1 X2:3 Y3:4 X4:5 Y5:7 X7:8"],
      ["B-Y I-X B-Y O", "", "Y0:1 X1:2 Y2:3"],
    ],
  };

  for (const [scheme, cases] of Object.entries(schemes)) {
    test(`${scheme} is read as seqeval reads it`, () => {
      const shown = (entities: ReturnType<typeof extractEntities>) =>
        entities.map(({ type, start, end }) => `${type}${start}:${end}`).join(" ");
      for (const [tags, strict, lenient] of cases) {
        assert.equal(shown(extractEntitiesStrictly(tags.split(" "), scheme as EntityScheme)), strict, tags);
        assert.equal(shown(extractEntities(tags.split(" "))), lenient, tags);
      }
    });
  }
});
