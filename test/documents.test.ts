// The documents say what is there: links lead somewhere, code is that of the examples, both languages agree.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { repositoryFiles, textOf } from "./repository.js";
import { repository } from "./shared.js";

const documents = repositoryFiles.filter((file) => file.endsWith(".md"));
const examples = repositoryFiles.filter((file) => /^examples\/.*\.ts$/.test(file));
const blocks = (file: string, language: string): string[] =>
  [...textOf(file).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(
    (match) => match[1]!,
  );

describe("links", () => {
  for (const file of documents)
    test(`${file}: every relative link leads to a file, every anchor to a heading`, () => {
      const text = textOf(file).replace(/```[\s\S]*?```/g, "");
      const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
      const broken = targets.filter((target) => {
        if (/^[a-z]+:/.test(target)) return false;
        const [path, anchor] = target.split("#");
        const found = path === "" ? file : join(dirname(file), decodeURI(path!));
        if (!existsSync(join(repository, found))) return true;
        return anchor !== undefined && !anchorsOf(textOf(found)).includes(decodeURI(anchor));
      });
      assert.deepEqual(broken, []);
    });
});

describe("code", () => {
  test("the README's code is that of the examples, which are compiled and run", () => {
    const programs = examples.map(textOf);
    const made = blocks("README.md", "ts");
    assert.ok(made.length > 0);
    for (const block of made)
      assert.ok(
        programs.some((program) => program.includes(block)),
        `no example holds this:\n${block}`,
      );
  });

  test("README.ja.md has the commands and the code of README.md", () => {
    for (const language of ["sh", "ts"])
      assert.deepEqual(blocks("README.ja.md", language), blocks("README.md", language));
  });
});

describe("state", () => {
  /** The state of each row of the tables of systems, in order. */
  const states = (file: string, words: readonly string[]): number[] =>
    textOf(file)
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
      .flatMap((line) => {
        const state = words.findIndex((word) => line.split("|")[3]?.trim().startsWith(word));
        return state < 0 ? [] : [state];
      });

  test("both languages give each row the same state", () => {
    const english = states("README.md", ["works", "in part", "not yet"]);
    assert.deepEqual(states("README.ja.md", ["動作", "一部", "未実装"]), english);
    assert.ok(english.length > 30);
  });
});

/** Anchors of a document's headings, as GitHub makes them. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
