/** The sign that SentencePiece writes for a space. */
export const spaceSymbol = "\u2581";
