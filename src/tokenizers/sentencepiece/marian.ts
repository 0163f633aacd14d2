import { FileError, parseJsonObject } from "../../base/index.js";
import type { Decoder } from "../decoders/decoder.js";
import type { Model } from "../models/model.js";
import { readVocabulary } from "../models/vocabulary.js";
import type { Pipeline } from "../pipeline.js";
import { templateProcessing } from "../post-processors/template.js";
import { type SentencePiece, sentencePiece } from "./sentence-piece.js";
import { sentencePieceDecoder } from "./sentence-piece-model.js";

/**
 * Marian's tokenizer: text is cut by source.spm, ids come from vocab.json, and ids are read back by
 * target.spm, so that the same tokenizer encodes what is to be translated and decodes the translation. A
 * target language is named at the start of a text: `>>fra<< Hello`.
 */
export function marianPipeline(
  source: Uint8Array,
  target: Uint8Array,
  vocabularyJson: string,
  place: string,
): Pipeline {
  const where = `${place}/vocab.json`;
  const vocabulary = readVocabulary(parseJsonObject(vocabularyJson, where), where);
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const required = (token: string): number => {
    const id = ids.get(token);
    if (id !== undefined) return id;
    throw new FileError(where, `expected the token ${JSON.stringify(token)}, got none`);
  };
  const end = required("</s>");
  const pieces = sentencePiece(source, `${place}/source.spm`);
  const closing = { ids: [end], tokens: ["</s>"], typeId: 0 };
  const texts = [0, 1].map((sequence) => ({ sequence: sequence as 0 | 1, typeId: 0 }));
  const special = ["</s>", "<unk>", "<pad>", ...vocabulary.filter((token) => /^>>.*<<$/.test(token))];
  return {
    addedTokens: special.flatMap((content) => {
      const id = ids.get(content);
      const plain = { singleWord: false, stripLeft: false, stripRight: false, normalized: false };
      return id === undefined ? [] : [{ content, id, special: true, ...plain }];
    }),
    normalizer: pieces.normalizer,
    preTokenizer: undefined,
    model: renumbered(pieces, vocabulary, ids, required("<unk>")),
    postProcessor: templateProcessing(
      [texts[0]!, closing],
      [...texts, closing],
      new Map([[closing, "</s>"]]),
    ),
    decoder: trimmed(sentencePieceDecoder(sentencePiece(target, `${place}/target.spm`))),
  };
}

/** A model whose pieces have other ids, and are unknown where they have none. */
function renumbered(
  pieces: SentencePiece,
  vocabulary: readonly string[],
  ids: ReadonlyMap<string, number>,
  unknownId: number,
): Model {
  const { table } = pieces;
  return {
    vocabulary,
    unknownToken: vocabulary[unknownId],
    tokenToId: (token) => ids.get(token),
    tokenize: (text, start, end, out) =>
      pieces.tokenize(text, start, end, {
        push(id, from, to, spelling) {
          const token = spelling ?? table.pieces[id]!;
          const renewed = ids.get(token);
          if (renewed === undefined) out.push(unknownId, from, to, token);
          else out.push(renewed, from, to);
        },
      }),
    toJson: () => ({
      type: "Unigram",
      unk_id: unknownId,
      // Tokens that source.spm lacks must not be found in text.
      vocab: vocabulary.map((token) => {
        const id = table.idOf(token);
        return [token, table.pieces[id] === token ? table.scores[id]! : -100];
      }),
      byte_fallback: false,
    }),
    files: () => new Map([["vocab.json", `${JSON.stringify(Object.fromEntries(ids), null, 2)}\n`]]),
  };
}

function trimmed(decoder: Decoder): Decoder {
  return { ...decoder, decode: (tokens) => [decoder.decode(tokens).join("").trim()] };
}
