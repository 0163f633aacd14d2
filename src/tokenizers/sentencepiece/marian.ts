import { FileError, type JsonObject, parseJsonObject } from "../../base/index.js";
import type { AddedToken } from "../added-tokens.js";
import { rawText } from "../aligned-text.js";
import type { Decoder } from "../decoders/decoder.js";
import type { Model } from "../models/model.js";
import { readVocabulary } from "../models/vocabulary.js";
import type { FoundTokenizer, Pipeline } from "../pipeline.js";
import { templateProcessing } from "../post-processors/template.js";
import { booleanField } from "../step-fields.js";
import { piecesOfText } from "./pieces-of-text.js";
import { type SentencePiece, sentencePiece } from "./sentence-piece.js";
import { spaceSymbol } from "./space-symbol.js";

/** The files of a Marian tokenizer; `target_vocab.json` only where the languages have vocabularies of their own. */
const sourceFile = "source.spm";
const targetFile = "target.spm";
const vocabularyFile = "vocab.json";
const targetVocabularyFile = "target_vocab.json";

/** What the special tokens are called where the files do not say. */
const special = { pad: "<pad>", unknown: "<unk>" };

/**
 * Marian's tokenizer, as Python's transformers has it: pieces are those of source.spm, or for a translation to be
 * learnt those of target.spm, and ids come from vocab.json. With vocabularies apart, ids are read back by that of the
 * target. A target language is named at the start of a text: `>>fra<< Hello`. Undefined where the files are not there.
 */
export function readMarian(
  files: ReadonlyMap<string, string>,
  models: ReadonlyMap<string, Uint8Array>,
  addedTokens: readonly AddedToken[],
  config: JsonObject,
  place: string,
): FoundTokenizer | undefined {
  const [source, target] = [models.get(sourceFile), models.get(targetFile)];
  const shared = files.get(vocabularyFile);
  if (source === undefined || target === undefined || shared === undefined) return undefined;
  const apart = booleanField(config, "separate_vocabs", `${place}/tokenizer_config.json`, false);
  const targetVocabulary = files.get(targetVocabularyFile);
  if (apart && targetVocabulary === undefined) {
    throw new FileError(`${place}/${targetVocabularyFile}`, "expected the target's vocabulary, got none", {
      hint: 'tokenizer_config.json says "separate_vocabs": true; copy the file into the directory',
    });
  }
  const sourcePieces = sentencePiece(source, `${place}/${sourceFile}`);
  const targetPieces = sentencePiece(target, `${place}/${targetFile}`);
  const targetName = apart ? targetVocabularyFile : vocabularyFile;
  const targetText = apart ? targetVocabulary! : shared;
  const decoder = apart ? targetPieces : sourcePieces;
  return {
    pipeline: marianPipeline(sourcePieces, sourcePieces, shared, addedTokens, `${place}/${vocabularyFile}`),
    target: {
      pipeline: marianPipeline(targetPieces, decoder, targetText, addedTokens, `${place}/${targetName}`),
      hasOwnVocabulary: apart,
    },
    special,
    className: "MarianTokenizer",
    sideFiles: new Map<string, string | Uint8Array>([
      [sourceFile, source],
      [targetFile, target],
      [vocabularyFile, shared],
      ...(apart ? [[targetVocabularyFile, targetText] as const] : []),
    ]),
  };
}

function marianPipeline(
  pieces: SentencePiece,
  decoding: SentencePiece,
  vocabularyJson: string,
  addedTokens: readonly AddedToken[],
  place: string,
): Pipeline {
  const vocabulary = readVocabulary(parseJsonObject(vocabularyJson, place), place);
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const required = (token: string): number => {
    const id = ids.get(token);
    if (id !== undefined) return id;
    throw new FileError(place, `expected the token ${JSON.stringify(token)}, got none`);
  };
  const end = required("</s>");
  const closing = { ids: [end], tokens: ["</s>"], typeId: 0 };
  const texts = [0, 1].map((sequence) => ({ sequence: sequence as 0 | 1, typeId: 0 }));
  const names = ["</s>", special.unknown, special.pad];
  const plain = { singleWord: false, stripLeft: false, stripRight: false, normalized: false };
  const known = new Set(addedTokens.map(({ content }) => content));
  const own = names.flatMap((content) => {
    const id = ids.get(content);
    return id === undefined || known.has(content) ? [] : [{ content, id, special: true, ...plain }];
  });
  return {
    // those of the other vocabulary have no place in this one
    addedTokens: [...addedTokens.filter(({ content, id }) => (ids.get(content) ?? id) === id), ...own],
    normalizer: undefined,
    preTokenizer: undefined,
    model: marianModel(pieces, vocabulary, ids, required(special.unknown)),
    postProcessor: templateProcessing(
      [texts[0]!, closing],
      [...texts, closing],
      new Map([[closing, "</s>"]]),
    ),
    decoder: marianDecoder(decoding, new Set(names)),
  };
}

/** `>>fra<<` and anything else so written at the start of a text. */
const languageCode = /^>>[\s\S]*?<</;

/** Pieces have other ids than in their model, and are unknown where they have none. */
function marianModel(
  pieces: SentencePiece,
  vocabulary: readonly string[],
  ids: ReadonlyMap<string, number>,
  unknownId: number,
): Model {
  return {
    vocabulary,
    unknownToken: vocabulary[unknownId],
    tokenToId: (token) => ids.get(token),
    tokenize(text, start, end, out) {
      const code = languageCode.exec(text.slice(start, end))?.[0] ?? "";
      const bodyStart = start + code.length;
      const body = rawText(text.slice(bodyStart, end), bodyStart);
      const found = piecesOfText(body, pieces);
      if (code !== "") found.unshift({ piece: code, start, end: bodyStart });
      for (const { piece, start, end } of found) {
        const id = ids.get(piece);
        if (id === undefined) out.push(unknownId, start, end, piece);
        else out.push(id, start, end);
      }
    },
    toJson: () => ({ type: "Marian" }),
    files: () => new Map(),
  };
}

/** Special tokens stand between the stretches of text, each with a space behind it. */
function marianDecoder(pieces: SentencePiece, specialTokens: ReadonlySet<string>): Decoder {
  return {
    decode(tokens) {
      let text = "";
      let stretch: string[] = [];
      for (const token of tokens) {
        if (!specialTokens.has(token)) {
          stretch.push(token);
          continue;
        }
        text += `${pieces.decodePieces(stretch).join("")}${token} `;
        stretch = [];
      }
      text += pieces.decodePieces(stretch).join("");
      return [text.replaceAll(spaceSymbol, " ").trim()];
    },
    toJson: () => ({ type: "Marian" }),
  };
}
