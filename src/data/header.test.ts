import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseRecords } from "../formats/csv.js";
import { hasHeader } from "./header.js";

const decide = (text: string) => hasHeader(parseRecords(text, "a.csv", ","));

describe("a header", () => {
  test("is a line with a name that tasks know", () => {
    assert.ok(decide("text,y2\na,b\n"));
    assert.ok(decide("本文,ラベル\na,b\n"));
    assert.ok(decide("sentence_A_Ja,x\na,b\n"));
  });

  test("is a line of names above numbers, or above labels that recur without it", () => {
    assert.ok(decide("phrase said,opinion\na b,1\nc d,0\n"));
    assert.ok(decide("said,opinion\na,good\nb,bad\nc,good\nd,bad\n"));
  });

  test("is not a line with a number, an empty cell, a long text, or a cell twice", () => {
    assert.ok(!decide("text,1\na,2\n"));
    assert.ok(!decide("text,\na,b\n"));
    assert.ok(!decide("good,good\na,b\n"));
    assert.ok(!decide(`${"a long sentence ".repeat(4)},label\na,b\n`));
  });

  test("may leave the first cell empty, as pandas does", () => {
    assert.ok(decide(",text,label\n0,a,b\n1,c,d\n"));
    assert.ok(!decide(",a text,good\n,another,bad\n"));
  });

  test("is not a line like all others", () => {
    assert.ok(!decide("what a film,good\nso dull,bad\nloved it,good\nno,bad\n"));
  });
});
