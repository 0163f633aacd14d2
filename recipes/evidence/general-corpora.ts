import { readdir } from "node:fs/promises";

/** The folders of general Japanese text, below the shared folder. */
export const generalCorpora: readonly string[] = ["corpora/ja-modern", "corpora/ja-literary"];

/** Their files, below the shared folder. */
export async function generalTexts(shared: string): Promise<string[]> {
  const found = await Promise.all(
    generalCorpora.map(async (folder) => {
      const files = await readdir(`${shared}/${folder}`);
      return files
        .filter((name) => name.endsWith(".gz"))
        .sort()
        .map((name) => `${folder}/${name}`);
    }),
  );
  return found.flat();
}
