/**
 * Cut a text into parts of at most `limit` UTF-16 units, which together are the text: at a line end, else behind a
 * sentence, else at white space or a comma, of the second half of each part; where there is none of these, between two
 * characters.
 */
export function cutText(text: string, limit: number): string[] {
  const parts: string[] = [];
  let start = 0;
  while (text.length - start > limit) {
    const end = start + endOfPart(text.slice(start, start + limit));
    parts.push(text.slice(start, end));
    start = end;
  }
  parts.push(text.slice(start));
  return parts;
}

/** Where to cut, the best first: the place is behind the match. */
const places = [/\n/g, /[。！？][」』）"”’]*|[.!?]["”’)]*(?=\s)/g, /[\s、，,；;]/g];

function endOfPart(part: string): number {
  const from = Math.floor(part.length / 2);
  const half = part.slice(from);
  for (const place of places) {
    const last = [...half.matchAll(place)].at(-1);
    if (last !== undefined) return from + last.index + last[0].length;
  }
  const isInsidePair = part.length > 1 && /[\ud800-\udbff]/.test(part.at(-1)!);
  return isInsidePair ? part.length - 1 : part.length;
}
