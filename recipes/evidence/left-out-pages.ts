// Raw text that holds the pages of validation rows, though without their labels: these pages are left out before a model
// reads it.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { corpusLines } from "../corpus.js";

/** What was left out of a text, and for how many of the rows it was found there. */
export interface LeftOut {
  readonly lineCount: number;
  readonly leftOutLines: number;
  readonly pageCount: number;
  readonly leftOutPages: number;
  readonly rowCount: number;
  readonly foundRows: number;
}

/** Shorter lines stand on many pages. */
const shortestParagraph = 8;
/** A row's text ends after 300 characters; a part so long is the beginning of one paragraph only. */
const shortestBeginning = 200;
const beginningSize = 40;

/**
 * The pages that no row was made from. A page is its lines; the text of a row is a paragraph, or the beginning of a long
 * one, before which the title of its page and 。 may stand.
 */
export function withoutPagesOf(
  pages: readonly (readonly string[])[],
  texts: readonly string[],
): { readonly kept: readonly (readonly string[])[]; readonly leftOut: LeftOut } {
  const places = new Map<string, Set<number>>();
  const beginnings = new Map<string, { readonly line: string; readonly page: number }[]>();
  pages.forEach((lines, page) => {
    for (const line of lines.map((each) => each.trim())) {
      const of = places.get(line) ?? new Set();
      places.set(line, of.add(page));
      const beginning = line.slice(0, beginningSize);
      const found = beginnings.get(beginning) ?? [];
      found.push({ line, page });
      beginnings.set(beginning, found);
    }
  });
  const pagesOf = (paragraph: string): number[] => {
    if (paragraph.length < shortestParagraph) return [];
    const whole = places.get(paragraph);
    if (whole !== undefined) return [...whole];
    if (paragraph.length < shortestBeginning) return [];
    const begun = beginnings.get(paragraph.slice(0, beginningSize)) ?? [];
    return begun.filter(({ line }) => line.startsWith(paragraph)).map(({ page }) => page);
  };

  const struck = new Set<number>();
  let foundRows = 0;
  for (const text of texts) {
    const found = paragraphsOf(text).flatMap(pagesOf);
    if (found.length > 0) foundRows++;
    for (const page of found) struck.add(page);
  }
  const kept = pages.filter((_, page) => !struck.has(page));
  const linesOf = (some: readonly (readonly string[])[]): number =>
    some.reduce((sum, { length }) => sum + length, 0);
  return {
    kept,
    leftOut: {
      lineCount: linesOf(pages),
      leftOutLines: linesOf(pages) - linesOf(kept),
      pageCount: pages.length,
      leftOutPages: struck.size,
      rowCount: texts.length,
      foundRows,
    },
  };
}

/** What of a row may be its page's paragraph: all, or what follows a 。, since titles hold some themselves. */
function paragraphsOf(text: string): string[] {
  const starts = [...text.matchAll(/。/g)].map(({ index }) => index + 1);
  return [0, ...starts].map((start) => text.slice(start).trim());
}

/** Write the texts of a folder without the pages of rows into `output`, as `text.txt`. */
export async function writeWithoutPages(
  folder: string,
  files: readonly string[],
  texts: readonly string[],
  output: string,
): Promise<{ readonly path: string; readonly leftOut: LeftOut }> {
  const pages: string[][] = [[]];
  for (const line of corpusLines(folder, files)) {
    if (line !== "") pages.at(-1)!.push(line);
    else if (pages.at(-1)!.length > 0) pages.push([]);
  }
  const { kept, leftOut } = withoutPagesOf(
    pages.filter(({ length }) => length > 0),
    texts,
  );
  await mkdir(output, { recursive: true });
  const path = join(output, "text.txt");
  await writeFile(path, kept.map((lines) => `${lines.join("\n")}\n`).join("\n"));
  return { path, leftOut };
}
