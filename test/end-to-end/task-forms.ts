import type { JsonObject } from "../../src/base/index.js";
import type { FineTuneOptions, PredictionInput } from "../../src/workflows/index.js";
import { tinyRows } from "./tiny-model.js";

/** A form of data that there is a task for. */
export interface Form {
  /** Rows for `count` and `seed`. */
  rows(count: number, seed: number): object[];
  /** What a program gives the pipeline for a row. */
  input(row: never): PredictionInput;
  /** Settings of the run beside the data. */
  readonly options?: Partial<FineTuneOptions>;
}

const isBlame = (label: string): boolean => label === "blame";

/** Every form of data that there is a task for, with the same little language. */
export const forms: Readonly<Record<string, Form>> = {
  "one label": {
    rows: tinyRows,
    input: ({ text }: { text: string }) => text,
    options: { classWeights: "balanced" },
  },
  "a pair": {
    rows: (count, seed) =>
      tinyRows(count, seed).map(({ text, label }) => ({ sentence1: text, sentence2: "a film", label })),
    input: ({ sentence1, sentence2 }: JsonObject) => ({ text: sentence1!, pair: sentence2! }),
  },
  "several labels": {
    rows: (count, seed) =>
      tinyRows(count, seed).map(({ text, label }) => ({
        text,
        labels: /film|story/.test(text) ? [label, "art"] : [label],
      })),
    input: ({ text }: { text: string }) => text,
    options: { threshold: "auto" },
  },
  "a number": {
    rows: (count, seed) =>
      tinyRows(count, seed).map(({ text, label }, i) => ({
        text,
        label: (isBlame(label) ? 0 : 4) + (i % 3) / 4,
      })),
    input: ({ text }: { text: string }) => text,
  },
  "tags of words": {
    rows: (count, seed) =>
      tinyRows(count, seed).map(({ text }) => ({
        words: text.split(" "),
        tags: text.split(" ").map((word) => (/film|story|plot/.test(word) ? "B-ART" : "O")),
      })),
    input: ({ words }: JsonObject) => ({ words: words! }),
  },
  "answers in a text": {
    rows: (count, seed) =>
      tinyRows(count, seed).map(({ text }, i) => {
        const words = text.split(" ");
        const start = text.length - words.at(-1)!.length;
        return {
          ...{ id: `q${i}`, question: "one word", context: text },
          answers: { text: [words.at(-1)], answer_start: [start] },
        };
      }),
    input: ({ question, context }: JsonObject) => ({ question: question!, context: context! }),
  },
  "a choice": {
    rows: (count, seed) =>
      tinyRows(count, seed).map(({ text, label }) => ({
        ...{ context: text, choices: ["good", "bad", "one"], label: isBlame(label) ? 1 : 0 },
      })),
    input: ({ context, choices }: JsonObject) => ({ context: context!, choices: choices! }),
  },
};
