import type { BoundedLine } from "../../formats/bounded-lines.js";
import { placeOf } from "../../formats/row.js";
import { cutText } from "./cut-text.js";
import type { FileTally } from "./file-tally.js";
import type { PlaceCounter, RawDocument } from "./raw-document.js";

/** The most UTF-16 units of a document; a longer one is cut into several. */
export const longestDocument: number = 2 ** 20;

const saveAsUtf8 = "convert the file, for example with: iconv -f CP932 -t UTF-8 OLD > NEW";

/**
 * The documents of a plain text: blank lines stand between them, and the end of the file ends the last. One that grows
 * too long is cut, at a line end where it has any. A line that is no text is left out.
 */
export async function* textDocuments(
  lines: AsyncIterable<readonly BoundedLine[]>,
  tally: FileTally,
  cut: PlaceCounter,
): AsyncGenerator<RawDocument> {
  let pending = "";
  let first = 1;
  let goesOn = false; // the line that the part before belongs to
  for await (const list of lines)
    for (const { text, problem, number, ends } of list) {
      const isBlank = !goesOn && ends && text?.trim() === "";
      goesOn = !ends;
      if (ends) tally.lineCount++;
      if (isBlank) {
        if (pending !== "") yield { text: pending, place: placeOf(tally.path, first) };
        pending = "";
        continue;
      }
      if (text === undefined) {
        tally.bad(number, problem!, saveAsUtf8);
        continue;
      }
      if (pending === "") first = number;
      pending += ends ? `${text}\n` : text;
      if (pending.length <= longestDocument) continue;
      const parts = cutText(pending, longestDocument);
      pending = parts.pop()!;
      for (const part of parts) {
        const place = placeOf(tally.path, first);
        cut.add(place);
        yield { text: part, place };
        first += part.split("\n").length - 1;
      }
    }
  if (pending !== "") yield { text: pending, place: placeOf(tally.path, first) };
}
