import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sharedPath } from "../test/shared.js";
import { stateFolder } from "./interleave.js";

/** Paths of a training and a validation file. */
export interface Split {
  readonly trainFile: string;
  readonly validationFile: string;
}

/** Wikigold has one file: every fifth sentence is for validation. */
export function wikigoldSplit(): Split {
  const sentences = readFileSync(sharedPath("data/en/ner-wikigold/wikigold.conll.txt"), "utf8").split(
    /\n\s*\n/,
  );
  const [train, validation] = everyFifth(sentences.filter((sentence) => sentence.trim() !== ""));
  return write("wikigold", "conll", `${train.join("\n\n")}\n`, `${validation.join("\n\n")}\n`);
}

/** XQuAD has one file: every fifth article is for validation, so that no context is in both. */
export function xquadSplit(): Split {
  const { data, version } = JSON.parse(readFileSync(sharedPath("data/en/xquad/xquad.en.part1.json"), "utf8"));
  const [train, validation] = everyFifth(data);
  return write(
    "xquad",
    "json",
    JSON.stringify({ version, data: train }),
    JSON.stringify({ version, data: validation }),
  );
}

/**
 * The Japanese entities as CoNLL, one character a line: the form in which run_ner can read them.
 * Characters are code points, as the spans count them; white space has no line.
 */
export function nerWikipediaSplit(): Split {
  const [train, validation] = ["train", "valid"].map((part) => {
    const lines = readFileSync(sharedPath(`data/ja/ner-wikipedia/${part}.jsonl`), "utf8").split("\n");
    return lines.filter((line) => line !== "").map((line) => characterTags(JSON.parse(line)));
  });
  return write("ner-wikipedia", "conll", `${train!.join("\n\n")}\n`, `${validation!.join("\n\n")}\n`);
}

/** English and Japanese of the Tanaka corpus, cut into words, as rows `source`, `target`. */
export function englishJapaneseSplit(): Split {
  const [train, validation] = ["train", "dev"].map((part) => {
    const [english, japanese] = ["en", "ja"].map((language) =>
      readFileSync(sharedPath(`data/enja/small_parallel_enja/${part}.${language}`), "utf8")
        .trimEnd()
        .split("\n"),
    );
    const rows = english!.map((source, i) => `${source}\t${japanese![i]}\n`);
    return `source\ttarget\n${rows.join("")}`;
  });
  return write("english-japanese", "tsv", train!, validation!);
}

interface TextWithEntities {
  readonly text: string;
  readonly entities: readonly { readonly span: readonly [number, number]; readonly type: string }[];
}

// `東京へ` with [0, 2) a place is `東 B-地名`, `京 I-地名`, `へ O`
function characterTags({ text, entities }: TextWithEntities): string {
  const characters = [...text];
  const tags = characters.map(() => "O");
  for (const { span, type } of entities) {
    for (let i = span[0]; i < span[1]; i++) tags[i] = `${i === span[0] ? "B" : "I"}-${type}`;
  }
  const lines = characters.map((character, i) => `${character} ${tags[i]}`);
  return lines.filter((_, i) => characters[i]!.trim() !== "").join("\n");
}

function everyFifth<T>(items: readonly T[]): [T[], T[]] {
  return [items.filter((_, i) => i % 5 !== 4), items.filter((_, i) => i % 5 === 4)];
}

function write(name: string, extension: string, train: string, validation: string): Split {
  const folder = join(stateFolder, "data");
  mkdirSync(folder, { recursive: true });
  const trainFile = join(folder, `${name}-train.${extension}`);
  const validationFile = join(folder, `${name}-validation.${extension}`);
  writeFileSync(trainFile, train);
  writeFileSync(validationFile, validation);
  return { trainFile, validationFile };
}
