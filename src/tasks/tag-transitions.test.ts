import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mayFollow, schemeOf, withinScheme } from "./tag-transitions.js";

describe("which tags may follow each other", () => {
  test("in IOB2 an entity goes on only where one of its type is", () => {
    const may = (from: string | undefined, to: string | undefined): boolean => mayFollow(from, to, "IOB2");
    assert.ok(may("B-PER", "I-PER") && may("I-PER", "I-PER") && may("B-PER", "B-PER") && may("I-PER", "O"));
    assert.ok(may(undefined, "O") && may(undefined, "B-PER") && may("B-PER", undefined));
    assert.ok(!may("O", "I-PER") && !may("B-LOC", "I-PER") && !may(undefined, "I-PER"));
  });

  test("where the last word has a letter of its own, an entity goes on up to it", () => {
    for (const [scheme, last, single] of [
      ["IOBES", "E", "S"],
      ["BILOU", "L", "U"],
    ] as const) {
      const may = (from: string | undefined, to: string | undefined): boolean => mayFollow(from, to, scheme);
      assert.ok(may("B-X", "I-X") && may("B-X", `${last}-X`) && may("I-X", `${last}-X`));
      assert.ok(may(`${last}-X`, undefined) && may(`${single}-X`, "B-X") && may("O", `${single}-X`));
      assert.ok(!may("B-X", "O") && !may("B-X", undefined) && !may("I-X", "B-X") && !may("I-X", "I-Y"));
      assert.ok(!may("O", `${last}-X`) && !may(`${single}-X`, "I-X") && !may(undefined, "I-X"));
    }
  });

  test("a scheme is told from the labels, and given up where a text breaks it", () => {
    const labels = ["B-X", "I-X", "O"];
    assert.equal(schemeOf(labels, [["B-X", "I-X", "O"], ["O"], []]), "IOB2");
    assert.equal(schemeOf(labels, [["O", "I-X"]]), "any"); // as IOB1 has it
    assert.equal(schemeOf([...labels, "E-X", "S-X"], [["S-X", "B-X", "E-X"]]), "IOBES");
    assert.equal(schemeOf([...labels, "L-X", "U-X"], [["U-X"]]), "BILOU");
    assert.equal(schemeOf([...labels, "E-X", "S-X"], [["B-X", "O"]]), "any");
    assert.equal(schemeOf(["NOUN", "VERB"], [["NOUN"]]), "any");
    assert.equal(schemeOf(["N", "O"], [["N"]]), "any");
  });

  test("what is forbidden is ruled out of a chain, all else is as learnt", () => {
    const chain = { start: [1, 2, 3], transitions: [1, 2, 3, 4, 5, 6, 7, 8, 9], end: [1, 2, 3] };
    assert.deepEqual(withinScheme(chain, ["B-X", "I-X", "O"], "IOB2"), {
      ...{ start: [1, -Infinity, 3], end: [1, 2, 3] },
      transitions: [1, 2, 3, 4, 5, 6, 7, -Infinity, 9],
    });
    assert.deepEqual(withinScheme(chain, ["B-X", "I-X", "O"], "any"), chain);
  });
});
