import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { spellEntities, tagsOfEntities } from "./entity-tags.js";

/** Words by their places: `wordsAt([0, 4], [5, 9])`. */
function wordsAt(...places: [number, number][]) {
  return {
    starts: Int32Array.from(places, ([start]) => start),
    ends: Int32Array.from(places, ([, end]) => end),
    firstTokens: Int32Array.from(places, (_, i) => i),
  };
}

describe("tagsOfEntities", () => {
  // "Mary Ann met Bob Ltd"
  const words = wordsAt([0, 4], [5, 8], [9, 12], [13, 16], [17, 20]);

  test("marks the first word of an entity and its others", () => {
    const entities = [
      { type: "PER", start: 0, end: 8 },
      { type: "ORG", start: 13, end: 20 },
    ];
    assert.deepEqual(tagsOfEntities(entities, words), {
      tags: ["B-PER", "I-PER", "O", "B-ORG", "I-ORG"],
      inexactCount: 0,
    });
  });

  test("neighbouring entities of one type stay two", () => {
    const entities = [
      { type: "PER", start: 0, end: 4 },
      { type: "PER", start: 5, end: 8 },
    ];
    assert.deepEqual(tagsOfEntities(entities, words).tags, ["B-PER", "B-PER", "O", "O", "O"]);
  });

  test("counts entities that begin or end inside a word, and takes the whole word", () => {
    const entities = [
      { type: "PER", start: 1, end: 4 },
      { type: "PER", start: 9, end: 11 },
      { type: "ORG", start: 13, end: 16 },
    ];
    assert.deepEqual(tagsOfEntities(entities, words), {
      tags: ["B-PER", "O", "B-PER", "B-ORG", "O"],
      inexactCount: 2,
    });
  });

  test("counts entities whose only word another has taken, and those between words", () => {
    const sharedWord = [
      { type: "A", start: 0, end: 2 },
      { type: "B", start: 2, end: 4 },
    ];
    assert.deepEqual(tagsOfEntities(sharedWord, words), {
      tags: ["B-A", "O", "O", "O", "O"],
      inexactCount: 2,
    });
    const blank = [{ type: "A", start: 4, end: 5 }];
    assert.deepEqual(tagsOfEntities(blank, words), { tags: ["O", "O", "O", "O", "O"], inexactCount: 1 });
  });
});

describe("spellEntities", () => {
  test("tells entity tags from classes of words", () => {
    assert.equal(spellEntities(["B-PER", "I-PER", "O"]), true);
    assert.equal(spellEntities(["I-その他の組織名", "O"]), true);
    assert.equal(spellEntities(["S-X", "E-X", "L-X", "U-X"]), true);
    assert.equal(spellEntities(["NOUN", "VERB", "O"]), false);
    assert.equal(spellEntities(["O"]), false);
  });
});
