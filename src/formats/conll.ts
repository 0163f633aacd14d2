import { FileError } from "../base/index.js";
import { fieldsOf, placeOf, type Row, type RowSet, type SkippedLine } from "./row.js";
import { textLines } from "./text.js";

const columns = ["words", "tags"];

/** Lines that speak of the file: CoNLL-U's `# text = ...` and MultiCoNER's `# id ...`. A word `#` with a tag is none. */
const comment = /^# ?(?:\w+ ?=|id |newdoc|newpar)/;

/**
 * Read CoNLL rows as they stream in: a word first and its tag last on each line, spaces or tabs between, a blank
 * line after each sentence. A row has the arrays `words` and `tags`; its line is that of its first word.
 */
export async function readConll(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): Promise<RowSet> {
  const rows: Row[] = [];
  const skipped: SkippedLine[] = [];
  let words: string[] = [];
  let tags: string[] = [];
  let start = 0;
  let width = 0; // cells a line, once known
  const finish = () => {
    if (words.length > 0) rows.push({ fields: fieldsOf(columns, [words, tags]), line: start });
    words = [];
    tags = [];
  };
  for await (const { text, number } of textLines(chunks, path)) {
    if (text.trim() === "") {
      finish();
      continue;
    }
    if (text.startsWith("-DOCSTART-")) {
      skipped.push({ line: number, reason: "start of a document" });
      continue;
    }
    if (comment.test(text)) {
      skipped.push({ line: number, reason: "comment" });
      continue;
    }
    const cells = text.includes("\t") ? text.split("\t") : text.trim().split(/ +/);
    if (cells.length < 2 || cells.at(-1)!.trim() === "") {
      throw new FileError(placeOf(path, number), `expected a word and its tag, got ${JSON.stringify(text)}`, {
        hint: "write one word a line, a space or tab, and its tag (O where there is none)",
      });
    }
    width ||= cells.length;
    if (cells.length !== width) {
      throw new FileError(
        placeOf(path, number),
        `expected ${width} columns as in the lines before, got ${cells.length}`,
        {
          hint: "the word comes first and its tag last; a word must not hold a space",
        },
      );
    }
    const word = cells[0]!.trim();
    if (word === "") {
      skipped.push({ line: number, reason: "no word before the tag" });
      continue;
    }
    if (words.length === 0) start = number;
    words.push(word);
    tags.push(cells.at(-1)!.trim());
  }
  finish();
  return { path, format: "conll", columns, rows, skipped };
}
