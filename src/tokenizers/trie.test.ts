import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Trie } from "./trie.js";

describe("Trie", () => {
  test("finds the longest word that begins at a place", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "界", "😀"), maxLength: 5 });
    fc.assert(
      fc.property(fc.uniqueArray(letters, { maxLength: 40 }), letters, letters, (words, before, text) => {
        const trie = new Trie();
        words.forEach((word, id) => {
          trie.add(word, id);
        });
        const whole = before + text;
        const found = words.filter((word) => word !== "" && whole.startsWith(word, before.length));
        const longest = found.sort((a, b) => b.length - a.length)[0];
        const id = trie.longest(whole, before.length, whole.length, 0);
        assert.equal(id, longest === undefined ? -1 : words.indexOf(longest));
        if (longest !== undefined) assert.equal(trie.matchEnd, before.length + longest.length);
      }),
    );
  });

  test("searches behind a prefix, and not beyond the limit", () => {
    const trie = new Trie();
    ["##ing", "##in", "in"].forEach((word, id) => {
      trie.add(word, id);
    });
    const continuing = trie.nodeOf("##");
    assert.equal(trie.longest("sing", 1, 4, continuing), 0);
    assert.equal(trie.longest("sing", 1, 3, continuing), 1);
    assert.equal(trie.longest("sing", 1, 4, 0), 2);
    assert.equal(trie.nodeOf("%"), -1);
  });

  test("keeps the first id of a word added twice", () => {
    const trie = new Trie();
    trie.add("x", 7);
    trie.add("x", 8);
    assert.equal(trie.longest("x", 0, 1, 0), 7);
  });

  test("holds many words", () => {
    const trie = new Trie();
    const words = Array.from({ length: 20_000 }, (_, i) => `w${(i * 7919).toString(36)}`);
    words.forEach((word, id) => {
      trie.add(word, id);
    });
    words.forEach((word, id) => {
      assert.equal(trie.longest(`${word} `, 0, word.length + 1, 0), id);
    });
  });
});
