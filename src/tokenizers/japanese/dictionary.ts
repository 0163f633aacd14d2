import { FileError, UnavailableError } from "../../base/index.js";
import { analyzerOf, type JapaneseAnalyzer } from "./analyzer.js";
import { type IpadicData, type IpadicFile, ipadicFiles, readIpadic } from "./ipadic-data.js";
import { type IpadicEditionName, ipadicEditions } from "./ipadic-editions.js";
import { buildLexicon, type Lexicon } from "./lexicon.js";

/** A dictionary of Japanese in memory. */
export interface JapaneseDictionary {
  /** What it is called where tokenizers name it. */
  readonly name: string;
  /**
   * An analyser that follows one of the builds of the dictionary (`debian` equals mecab-ipadic-utf8, `python`
   * the package that Python's BertJapaneseTokenizer uses). Made at the first call.
   */
  analyzer(edition?: IpadicEditionName): JapaneseAnalyzer;
  /** A number that tells this dictionary, in this edition, from any other. */
  fingerprint(edition: IpadicEditionName): string;
}

/** Gives the bytes of a file of the dictionary, compressed or not. */
export type ReadDictionaryFile = (name: IpadicFile) => Promise<Uint8Array>;

/**
 * Read IPADIC in the form of the npm package `@patdx/kuromoji` (its folder `dict`). In a browser, serve that
 * folder and give its URL:
 *
 * ```ts
 * const dictionary = await readJapaneseDictionary("https://example.org/dict");
 * dictionary.analyzer().analyze("今日は晴れ").map((word) => word.surface); // ["今日", "は", "晴れ"]
 * ```
 */
export async function readJapaneseDictionary(
  source: string | URL | ReadDictionaryFile,
): Promise<JapaneseDictionary> {
  const read = typeof source === "function" ? source : (name: IpadicFile) => download(source, name);
  const place = typeof source === "function" ? "dictionary" : String(source);
  const files = await Promise.all(
    ipadicFiles.map(
      async (name) => [name, await decompressed(await read(name), `${place}/${name}`)] as const,
    ),
  );
  return dictionaryOf(readIpadic(Object.fromEntries(files) as Record<IpadicFile, Uint8Array>, place), place);
}

function dictionaryOf(data: IpadicData, place: string): JapaneseDictionary {
  const lexicons = new Map<IpadicEditionName, Lexicon>();
  const analyzers = new Map<IpadicEditionName, JapaneseAnalyzer>();
  const fingerprints = new Map<IpadicEditionName, string>();
  function once<Value>(
    made: Map<IpadicEditionName, Value>,
    edition: IpadicEditionName,
    make: () => Value,
  ): Value {
    const value = made.get(edition) ?? make();
    made.set(edition, value);
    return value;
  }
  const lexiconOf = (edition: IpadicEditionName): Lexicon =>
    once(lexicons, edition, () => buildLexicon(data, ipadicEditions[edition], place));
  return {
    name: "ipadic-2.7.0-20070801",
    analyzer: (edition = "debian") => once(analyzers, edition, () => analyzerOf(lexiconOf(edition))),
    fingerprint: (edition) =>
      once(fingerprints, edition, () => {
        const { trie, keyStarts, connections, costs, connectionCosts, kindsOf } = lexiconOf(edition);
        return fingerprintOf([
          trie,
          keyStarts,
          connections,
          costs,
          connectionCosts,
          kindsOf,
          data.words.texts,
        ]);
      }),
  };
}

/** Servers and browsers may have decompressed a file already. */
async function decompressed(bytes: Uint8Array, place: string): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    const plain = stream.pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(plain).arrayBuffer());
  } catch (error) {
    throw new FileError(place, "expected a whole gzip file, got a damaged one", {
      hint: "Install the package @patdx/kuromoji again, or copy its folder dict once more.",
      cause: error,
    });
  }
}

async function download(base: string | URL, name: string): Promise<Uint8Array> {
  const url = `${String(base).replace(/\/$/, "")}/${name}`;
  const response = await fetch(url);
  if (response.ok) return new Uint8Array(await response.arrayBuffer());
  throw new UnavailableError(`${url}: expected a file of the dictionary, got status ${response.status}`, {
    hint: "Serve the folder dict of the package @patdx/kuromoji there.",
  });
}

/** Two multiplicative hashes over all data, 64 bits together: to tell data apart, not to keep secrets. */
function fingerprintOf(arrays: readonly ArrayBufferView[]): string {
  let first = 0x811c9dc5;
  let second = 0x9e3779b9;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    const wordCount = byteLength >> 2;
    const numbers = new Int32Array(buffer, byteOffset, wordCount);
    for (let i = 0; i < wordCount; i++) {
      first = Math.imul(first ^ numbers[i]!, 0x01000193) ^ (first >>> 17);
      second = Math.imul(second ^ numbers[i]!, 0x5bd1e995) ^ (second >>> 15);
    }
    for (const byte of new Uint8Array(buffer, byteOffset + wordCount * 4, byteLength & 3)) {
      first = Math.imul(first ^ byte, 0x01000193);
      second = Math.imul(second ^ byte, 0x5bd1e995);
    }
  }
  return [first, second].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
