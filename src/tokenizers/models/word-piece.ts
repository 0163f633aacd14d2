import { FileError, type JsonObject } from "../../base/index.js";
import { countField, objectField, stringField } from "../step-fields.js";
import { Trie } from "../trie.js";
import type { Model } from "./model.js";
import { readVocabulary, vocabularyTable } from "./vocabulary.js";

/** What a WordPiece model knows beside its vocabulary. */
export interface WordPieceOptions {
  /** Stands for words that the vocabulary cannot spell; must be in it. Default `[UNK]`. */
  unknownToken?: string;
  /** Marks the tokens that continue a word. Default `##`. */
  continuingPrefix?: string;
  /** A word of more characters is unknown. Default 100. */
  maxCharactersPerWord?: number;
}

/**
 * Spelling a word may take time in the square of its length, if the vocabulary is made for that. A file from
 * a stranger may therefore not ask for longer words than this.
 */
const charactersLimit = 1000;

/**
 * WordPiece: from the start of a word take the longest token, go on behind it; a word that cannot be spelt to
 * its end is one unknown token. `place` names the vocabulary in errors.
 */
export function wordPiece(vocabulary: readonly string[], options: WordPieceOptions, place: string): Model {
  const { unknownToken = "[UNK]", continuingPrefix = "##", maxCharactersPerWord = 100 } = options;
  const ids = new Map<string, number>();
  const trie = new Trie();
  for (let id = 0; id < vocabulary.length; id++) {
    ids.set(vocabulary[id]!, id);
    trie.add(vocabulary[id]!, id);
  }
  const unknownId = ids.get(unknownToken);
  if (unknownId === undefined) {
    throw new FileError(
      place,
      `expected the unknown token ${JSON.stringify(unknownToken)} in the vocabulary, got none`,
      {
        hint: "Name the vocabulary's own unknown token (unk_token), or add this one to it.",
      },
    );
  }
  const continuing = trie.nodeOf(continuingPrefix);
  const foundIds: number[] = [];
  const foundEnds: number[] = [];

  return {
    vocabulary,
    unknownToken,
    tokenToId: (token) => ids.get(token),
    tokenize(text, start, end, out) {
      if (end - start > maxCharactersPerWord && countCharacters(text, start, end) > maxCharactersPerWord) {
        out.push(unknownId, start, end);
        return;
      }
      let count = 0;
      let node = 0;
      for (let at = start; at < end; at = foundEnds[count++]!) {
        const id = node < 0 ? -1 : trie.longest(text, at, end, node);
        if (id < 0) {
          out.push(unknownId, start, end);
          return;
        }
        foundIds[count] = id;
        foundEnds[count] = trie.matchEnd;
        node = continuing;
      }
      for (let k = 0, at = start; k < count; at = foundEnds[k++]!) out.push(foundIds[k]!, at, foundEnds[k]!);
    },
    toJson: () => ({
      type: "WordPiece",
      unk_token: unknownToken,
      continuing_subword_prefix: continuingPrefix,
      max_input_chars_per_word: maxCharactersPerWord,
      vocab: vocabularyTable(vocabulary),
    }),
    growth: {
      continuingPrefix,
      endOfWordSuffix: "",
      needsHalves: false, // the longest piece is taken, whatever it is made of
      extend: ({ pieces }, between) => wordPiece([...vocabulary, ...between, ...pieces], options, place),
    },
    files: () => vocabularyLines(vocabulary),
  };
}

/** The step from its JSON. */
export function readWordPiece(json: JsonObject, place: string, added: ReadonlyMap<number, string>): Model {
  const options = {
    unknownToken: stringField(json, "unk_token", place),
    continuingPrefix: stringField(json, "continuing_subword_prefix", place),
    maxCharactersPerWord: countField(json, "max_input_chars_per_word", place),
  };
  if (options.maxCharactersPerWord > charactersLimit) {
    const came = options.maxCharactersPerWord;
    throw new FileError(
      place,
      `expected "max_input_chars_per_word" of at most ${charactersLimit}, got ${came}`,
      {
        hint: "BERT's tokenizers have 100; a longer word is unknown.",
      },
    );
  }
  return wordPiece(
    readVocabulary(objectField(json, "vocab", place), `${place}, vocab`, added),
    options,
    place,
  );
}

/** A vocab.txt has one token a line; where a token holds a line break there can be none. */
function vocabularyLines(vocabulary: readonly string[]): Map<string, string> {
  const fits = !vocabulary.some((token) => /[\r\n]/.test(token));
  return new Map(fits ? [["vocab.txt", `${vocabulary.join("\n")}\n`]] : []);
}

function countCharacters(text: string, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
  return count;
}
