import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashBehind, PrefixTrie } from "./prefix-trie.js";

/** The words of a trie that `text` begins with, shortest first, by their ids. */
function prefixes(trie: PrefixTrie, text: string): number[] {
  const found: number[] = [];
  let hash = hashBehind(0, text.charCodeAt(0));
  let slot = trie.first(text.charCodeAt(0));
  for (let at = 1; slot >= 0; at++) {
    if (trie.idAt(slot) >= 0) found.push(trie.idAt(slot));
    if (at === text.length) break;
    hash = hashBehind(hash, text.charCodeAt(at));
    slot = trie.next(slot, text.charCodeAt(at), hash);
  }
  return found;
}

describe("PrefixTrie", () => {
  // long enough, and with enough units between words, that the table is begun anew in a larger one
  const words = Array.from(
    { length: 3000 },
    (_, i) => `${i.toString(3)}接ぎ木${String.fromCodePoint(0x1f330 + i)}`,
  );

  test("finds all words that a text begins with", () => {
    const trie = new PrefixTrie([...words, "0", "", "10接ぎ"]);
    words.forEach((word, id) => {
      assert.equal(trie.idOf(word), id);
    });
    assert.deepEqual(prefixes(trie, `${words[0]}, `), [3000, 0]);
    assert.deepEqual(prefixes(trie, `${words[3]}`), [3002, 3]);
    assert.deepEqual(prefixes(trie, "接ぎ木"), []);
    assert.equal(trie.idOf(""), -1);
    assert.equal(trie.idOf("10接"), -1);
  });

  test("filled again, it holds the new words alone", () => {
    const trie = new PrefixTrie(words);
    const text = "graftgraftsplant";
    trie.fill({ text, starts: Int32Array.of(0, 5, 11, 0), lengths: Int32Array.of(5, 6, 5, 2), count: 3 });
    assert.deepEqual(prefixes(trie, "grafts"), [0, 1]);
    assert.equal(trie.idOf("plant"), 2);
    assert.equal(trie.idOf("gr"), -1, "words behind the count are not there");
    for (const word of words) assert.equal(trie.idOf(word), -1);
    trie.fill(new PlacedList(words));
    words.forEach((word, id) => {
      assert.equal(trie.idOf(word), id);
    });
  });
});

/** Words one after the other. */
class PlacedList {
  readonly text: string;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly count: number;

  constructor(words: readonly string[]) {
    this.text = words.join("");
    this.count = words.length;
    this.lengths = Int32Array.from(words, (word) => word.length);
    this.starts = new Int32Array(this.count);
    for (let i = 1; i < this.count; i++) this.starts[i] = this.starts[i - 1]! + this.lengths[i - 1]!;
  }
}
