import type { Lexicon } from "./lexicon.js";

/** MeCab takes no run of the same kind of characters for a word that has more than these after the first. */
const maxGroupingSize = 24;

/**
 * Finds the words that may begin at a place, known and unknown, by the rules of MeCab
 * (https://taku910.github.io/mecab/, tokenizer.cpp) and in the order in which it finds them.
 */
export class WordFinder {
  /** The words found: the entry of each, and where it ends. */
  count = 0;
  entries: Int32Array = new Int32Array(1 << 10);
  ends: Int32Array = new Int32Array(1 << 10);
  readonly #lexicon: Lexicon;

  constructor(lexicon: Lexicon) {
    this.#lexicon = lexicon;
  }

  /** Find the words of `text` that begin at `from` and end by `end`. */
  find(text: string, from: number, end: number): void {
    this.count = 0;
    this.#addKnown(text, from, end);
    this.#addUnknown(text, from, end);
  }

  /** Words of the dictionary that begin at `from`, the shortest first. */
  #addKnown(text: string, from: number, end: number): void {
    const { trie, firstNodes, keyStarts, extraWords } = this.#lexicon;
    let node = firstNodes[text.charCodeAt(from)]!;
    for (let at = from + 1; node > 0; ) {
      const word = trie[node * 2]!;
      if (trie[word * 2 + 1] === node) {
        const key = -trie[word * 2]! - 1;
        for (let entry = keyStarts[key]!; entry < keyStarts[key + 1]!; entry++) this.#propose(entry, at);
      }
      const unit = at < end ? text.charCodeAt(at++) : 0;
      if (unit === 0) break; // no word has a zero byte but as its end
      if (unit < 0x80) node = step(trie, node, unit);
      else if (unit < 0x800) {
        node = step(trie, node, 0xc0 | (unit >> 6));
        node = step(trie, node, 0x80 | (unit & 0x3f));
      } else {
        node = step(trie, node, 0xe0 | (unit >> 12));
        node = step(trie, node, 0x80 | ((unit >> 6) & 0x3f));
        node = step(trie, node, 0x80 | (unit & 0x3f));
      }
    }
    for (const { surface, entry } of extraWords.get(text.charCodeAt(from)) ?? []) {
      const wordEnd = from + surface.length;
      if (wordEnd <= end && text.startsWith(surface, from)) this.#propose(entry, wordEnd);
    }
  }

  /** Words that the dictionary may lack: runs of characters of the kind of the first. */
  #addUnknown(text: string, from: number, end: number): void {
    const { categoryOf, kindsOf, rules } = this.#lexicon;
    const unit = text.charCodeAt(from);
    const category = categoryOf[unit]!;
    const rule = rules[category]!;
    if (this.count > 0 && !rule.invoke) return;
    const second = nextCharacter(text, from, end);
    let groupEnd = -1;
    if (rule.group) {
      // Each character must be of a kind with the one before: 一 joins digits of its sort to kanji.
      let kinds = kindsOf[unit]!;
      let count = 0;
      groupEnd = second;
      for (; groupEnd < end && count <= maxGroupingSize; count++) {
        const next = kindsOf[text.charCodeAt(groupEnd)]!;
        if ((kinds & next) === 0) break;
        kinds = next;
        groupEnd = nextCharacter(text, groupEnd, end);
      }
      if (count <= maxGroupingSize) this.#proposeUnknown(category, groupEnd);
    }
    let at = second;
    for (let length = 1; length <= rule.length && at !== groupEnd; length++) {
      this.#proposeUnknown(category, at);
      if (at === end || (kindsOf[unit]! & kindsOf[text.charCodeAt(at)]!) === 0) break;
      at = nextCharacter(text, at, end);
    }
    if (this.count === 0) this.#proposeUnknown(category, second);
  }

  #proposeUnknown(category: number, end: number): void {
    const { unknownStarts } = this.#lexicon;
    for (let entry = unknownStarts[category]!; entry < unknownStarts[category + 1]!; entry++) {
      this.#propose(entry, end);
    }
  }

  #propose(entry: number, end: number): void {
    if (this.count === this.entries.length) {
      this.entries = doubled(this.entries);
      this.ends = doubled(this.ends);
    }
    this.entries[this.count] = entry;
    this.ends[this.count++] = end;
  }
}

/** The node behind the edge with this byte, or 0. */
function step(trie: Int32Array, node: number, byte: number): number {
  const child = trie[node * 2]! + byte;
  return node !== 0 && trie[child * 2 + 1] === node ? child : 0;
}

/** Where the character behind the one at `at` begins. */
function nextCharacter(text: string, at: number, end: number): number {
  const isPair =
    (text.charCodeAt(at) & 0xfc00) === 0xd800 &&
    at + 1 < end &&
    (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00;
  return at + (isPair ? 2 : 1);
}

function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
