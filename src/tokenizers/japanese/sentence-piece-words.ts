import { type AlignedText, AlignedTextBuilder, mapCharacters, rawText, sliceText } from "../aligned-text.js";
import type { Model } from "../models/model.js";
import { type PlacedPiece, spanIn, visitPieces } from "../sentencepiece/pieces-of-text.js";
import type { SentencePiece } from "../sentencepiece/sentence-piece.js";
import { sentencePieceModel } from "../sentencepiece/sentence-piece-model.js";
import { spaceSymbol } from "../sentencepiece/space-symbol.js";

/**
 * SentencePiece on one word after the other, as Python's BertJapaneseTokenizer has it after ALBERT's: spaces and
 * quotes are written one way, and a number does not keep the comma behind it.
 */
export function sentencePieceWords(pieces: SentencePiece): Model {
  const { table } = pieces;
  return {
    ...sentencePieceModel(pieces),
    tokenize(text, start, end, out) {
      const word = tidyWord(rawText(text.slice(start, end), start));
      for (const { piece, start, end } of piecesOf(word, pieces)) {
        // Python looks pieces up by their text, whatever they were taken for
        const id = table.idOf(piece);
        out.push(id, start, end, table.pieces[id] === piece ? undefined : piece);
      }
    },
  };
}

function piecesOf(word: AlignedText, pieces: SentencePiece): PlacedPiece[] {
  const found: PlacedPiece[] = [];
  visitPieces(word, pieces, (piece, normal, from, to) => {
    if (numberAndComma.test(piece)) found.push(...apart(piece, sliceText(normal, from, to), pieces));
    else found.push({ piece, ...spanIn(normal, from, to) });
  });
  return found;
}

/** The pieces of a number, found anew without its comma, and the comma. */
function apart(piece: string, place: AlignedText, pieces: SentencePiece): PlacedPiece[] {
  const last = place.text.length - 1;
  const number = mapCharacters(sliceText(place, 0, last), (one) => (one === spaceSymbol ? "" : one));
  const [first, ...rest] = piecesOf(number, pieces);
  const comma = { piece: ",", ...spanIn(place, last, last + 1) };
  if (first === undefined) return [comma];
  const isNew = first.piece.startsWith(spaceSymbol) && !piece.startsWith(spaceSymbol);
  if (!isNew) return [first, ...rest, comma];
  const bare = first.piece.slice(spaceSymbol.length);
  return bare === "" ? [...rest, comma] : [{ ...first, piece: bare }, ...rest, comma];
}

/** A number of any script by Python's `isdigit`: decimal digits, and those in circles, brackets or above the line. */
const numberAndComma =
  /[\p{Nd}\xb2\xb3\xb9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}],$/u;

/** Python's white space, and what is written as `"`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: to Python the four separators of ASCII are white space
const untidy = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|``|''/g;

function tidyWord(word: AlignedText): AlignedText {
  const { text } = word;
  let builder: AlignedTextBuilder | undefined;
  let kept = 0;
  for (const { 0: match, index } of text.matchAll(untidy)) {
    const end = index + match.length;
    const isQuote = match === "``" || match === "''";
    const isAtEdge = index === 0 || end === text.length;
    builder ??= new AlignedTextBuilder(word);
    builder.keep(kept, index);
    if (isQuote || !isAtEdge) builder.replace(isQuote ? '"' : " ", index, end);
    kept = end;
  }
  if (builder === undefined) return word;
  builder.keep(kept, text.length);
  return builder.build();
}
