import { FileError } from "../../base/index.js";
import { type CharacterCategories, readCharacterCategories } from "./character-categories.js";

/** The files of IPADIC as the kuromoji packages have them, in the order in which they are read. */
export const ipadicFiles = [
  "base.dat.gz",
  "check.dat.gz",
  "tid.dat.gz",
  "tid_pos.dat.gz",
  "tid_map.dat.gz",
  "cc.dat.gz",
  "unk.dat.gz",
  "unk_pos.dat.gz",
  "unk_map.dat.gz",
  "unk_char.dat.gz",
  "unk_compat.dat.gz",
  "unk_invoke.dat.gz",
] as const;
/** The name of one of the files. */
export type IpadicFile = (typeof ipadicFiles)[number];

/**
 * Words in the order of their sources, with what is looked up by word. The words of one surface (or, of
 * unknown words, of one category of characters) are those of one key.
 */
export interface WordTable {
  /** Which row and column of the connection costs a word has. */
  readonly connections: Uint16Array;
  readonly costs: Int16Array;
  /** Where in `texts` a word begins: its surface, its features with commas between, and a zero byte. */
  readonly textOffsets: Int32Array;
  readonly texts: Uint8Array;
  /** The words of key k are those at `keyStarts[k]` to `keyStarts[k + 1]` of `wordsByKey`. */
  readonly keyStarts: Int32Array;
  readonly wordsByKey: Int32Array;
}

/** IPADIC as it lies in the files, before an edition is made of it. */
export interface IpadicData {
  /**
   * The surfaces as a double array over their UTF-8 bytes: base and check of each node, one pair after the
   * other. A surface ends where a node has a child with byte 0, whose base is `-key - 1`.
   */
  readonly trie: Int32Array;
  readonly words: WordTable;
  readonly unknownWords: WordTable;
  /** Cost of one word after another: that of `left` then `right` is at `right * connectionCount + left`. */
  readonly connectionCosts: Int16Array;
  readonly connectionCount: number;
  readonly categories: CharacterCategories;
}

/** Read the files, which are no longer compressed. `place` says in errors where they come from. */
export function readIpadic(files: Readonly<Record<IpadicFile, Uint8Array>>, place: string): IpadicData {
  const at = (file: IpadicFile): string => `${place}/${file}`;
  const trie = readTrie(files["base.dat.gz"], files["check.dat.gz"], at("base.dat.gz"));
  const matrix = readConnectionCosts(files["cc.dat.gz"], at("cc.dat.gz"));
  const table = (prefix: "tid" | "unk"): WordTable => {
    const words = files[`${prefix}.dat.gz`];
    const texts = files[`${prefix}_pos.dat.gz`];
    const map = files[`${prefix}_map.dat.gz`];
    return readWords(words, texts, map, matrix.connectionCount, at(`${prefix}.dat.gz`));
  };
  const categories = readCharacterCategories(
    files["unk_char.dat.gz"],
    new Uint32Array(aligned(files["unk_compat.dat.gz"], 4, at("unk_compat.dat.gz"))),
    files["unk_invoke.dat.gz"],
    at("unk_invoke.dat.gz"),
  );
  return { trie, words: table("tid"), unknownWords: table("unk"), ...matrix, categories };
}

function readTrie(baseBytes: Uint8Array, checkBytes: Uint8Array, place: string): Int32Array {
  const base = new Int32Array(aligned(baseBytes, 4, place));
  const check = new Int32Array(aligned(checkBytes, 4, place));
  let length = Math.min(base.length, check.length);
  while (length > 1 && check[length - 1]! <= 0) length--;
  if (length < 2) throw new FileError(place, "expected a double array of words, got none");
  // A child may be looked for up to 255 units behind the last node.
  const trie = new Int32Array((length + 256) * 2).fill(-1);
  for (let node = 0; node < length; node++) {
    trie[node * 2] = Math.min(base[node]!, length);
    trie[node * 2 + 1] = check[node]!;
  }
  return trie;
}

function readConnectionCosts(
  bytes: Uint8Array,
  place: string,
): { connectionCosts: Int16Array; connectionCount: number } {
  const data = new Int16Array(aligned(bytes, 2, place));
  const [rowCount = 0, columnCount = 0] = data;
  if (rowCount < 1 || rowCount !== columnCount || data.length !== rowCount * columnCount + 2) {
    throw new FileError(
      place,
      `expected a square of connection costs, got ${data.length - 2} for ${rowCount} x ${columnCount}`,
    );
  }
  const connectionCosts = new Int16Array(rowCount * rowCount);
  for (let left = 0; left < rowCount; left++) {
    for (let right = 0; right < rowCount; right++) {
      connectionCosts[right * rowCount + left] = data[2 + left * rowCount + right]!;
    }
  }
  return { connectionCosts, connectionCount: rowCount };
}

/** Bytes of a word in the files: left and right connection, cost, and where its text begins. */
const wordSize = 10;

function readWords(
  bytes: Uint8Array,
  allTexts: Uint8Array,
  mapBytes: Uint8Array,
  connectionCount: number,
  place: string,
): WordTable {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { keyStarts, wordsByKey } = readKeys(mapBytes, Math.floor(bytes.length / wordSize), place);
  const wordCount = wordsByKey.length;
  const connections = new Uint16Array(wordCount);
  const costs = new Int16Array(wordCount);
  const textOffsets = new Int32Array(wordCount);
  for (let word = 0, at = 0; word < wordCount; word++, at += wordSize) {
    connections[word] = data.getUint16(at, true);
    costs[word] = data.getInt16(at + 4, true);
    textOffsets[word] = data.getInt32(at + 6, true);
    const isIpadic = connections[word] === data.getUint16(at + 2, true);
    if (!isIpadic || connections[word]! >= connectionCount) {
      throw new FileError(
        place,
        `expected a word with one connection below ${connectionCount}, got another as number ${word}`,
      );
    }
  }
  const textEnd = allTexts.indexOf(0, textOffsets[wordCount - 1]);
  const texts = allTexts.slice(0, textEnd + 1);
  return { connections, costs, textOffsets, texts, keyStarts, wordsByKey };
}

/** The map has the number of keys, then for each key: the key, the number of its words, and where each lies. */
function readKeys(
  bytes: Uint8Array,
  wordLimit: number,
  place: string,
): { keyStarts: Int32Array; wordsByKey: Int32Array } {
  const numbers = new Int32Array(aligned(bytes, 4, place));
  const keyCount = numbers[0] ?? 0;
  const counts = new Int32Array(wordLimit);
  let wordCount = 0;
  let keyLimit = 0;
  for (let k = 0, at = 1; k < keyCount; k++) {
    const key = numbers[at] ?? -1;
    const count = numbers[at + 1] ?? -1;
    wordCount += count;
    if (key < 0 || key >= wordLimit || count < 1 || wordCount > wordLimit) {
      throw new FileError(place, `expected ${keyCount} surfaces with at most ${wordLimit} words, got others`);
    }
    counts[key] = count;
    keyLimit = Math.max(keyLimit, key + 1);
    at += 2 + count;
  }
  const keyStarts = new Int32Array(keyLimit + 1);
  for (let key = 0; key < keyLimit; key++) keyStarts[key + 1] = keyStarts[key]! + counts[key]!;
  const wordsByKey = new Int32Array(wordCount);
  for (let k = 0, at = 1; k < keyCount; k++) {
    const start = keyStarts[numbers[at]!]!;
    const count = numbers[at + 1]!;
    for (let i = 0; i < count; i++) {
      const word = numbers[at + 2 + i]! / wordSize;
      if (!(word >= 0 && word < wordCount)) {
        throw new FileError(place, `expected words below ${wordCount}, got ${word}`);
      }
      wordsByKey[start + i] = word;
    }
    at += 2 + count;
  }
  return { keyStarts, wordsByKey };
}

/** The bytes as a buffer that can be read as numbers of `size` bytes. */
function aligned(bytes: Uint8Array, size: number, place: string): ArrayBuffer {
  if (bytes.length % size === 0) return bytes.slice().buffer;
  throw new FileError(place, `expected numbers of ${size} bytes each, got ${bytes.length} bytes`);
}
