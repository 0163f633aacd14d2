import { existsSync, readFileSync } from "node:fs";
import { sharedPath } from "../../test/shared.js";
import type { Tensor } from "../base/index.js";
import { input, nameOf, referenceRuntime, type Value } from "../engine/index.js";
import { decodeSafetensors } from "../formats/index.js";
import type { ModelOutputs } from "../models/index.js";
import { readTokenizer, type Tokenizer, wordPieceTokenizer } from "../tokenizers/index.js";
import type { AnyProblem } from "./task.js";

const folder = "models/all-MiniLM-L6-v2";

/** A file that tests with real ids need. */
export const minilmFile: string = `${folder}/tokenizer.json`;

/** The tokenizer of a real checkpoint: BERT's English one. */
export function minilm(): Tokenizer {
  const names = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"].filter((name) =>
    existsSync(sharedPath(`${folder}/${name}`)),
  );
  return readTokenizer(
    new Map(names.map((name) => [name, readFileSync(sharedPath(`${folder}/${name}`), "utf8")])),
    folder,
  );
}

/** A BERT tokenizer that knows letters, digits and kana one by one, `##` before those inside a word. */
export function spelling(words: readonly string[] = []): Tokenizer {
  const letters = [
    ..."abcdefghijklmnopqrstuvwxyz0123456789.,?!あいうえおかがきくけこそとにのはもよアイウエオソトニーン東京都学",
  ];
  return wordPieceTokenizer(
    [
      ...new Set([
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        ...words,
        ...letters,
        ...letters.map((letter) => `##${letter}`),
      ]),
    ],
    { stripAccents: false },
  );
}

/** The loss of a problem over given outputs of the head, by the reference runtime. */
export async function lossOf(
  problem: AnyProblem,
  heads: ReadonlyMap<string, { value: Value; tensor: Tensor }>,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<number> {
  const values = new Map([...heads].map(([name, { value }]) => [name, value]));
  const loss = problem.loss({ heads: values } as unknown as ModelOutputs, true);
  const program = await referenceRuntime().compile(new Map([["loss", loss]]));
  const all = new Map(feeds);
  for (const { value, tensor } of heads.values()) all.set(nameOf(value), tensor);
  return Number((await program.run(all)).get("loss")!.data[0]);
}

/** A head's output as an input of a graph: float32 numbers of a shape. */
export function headOutput(
  name: string,
  shape: readonly string[],
  tensor: Tensor,
): { value: Value; tensor: Tensor } {
  return {
    value: input(name, [
      ...shape.slice(0, -1),
      shape.at(-1) === "labels" ? tensor.shape.at(-1)! : shape.at(-1)!,
    ]),
    tensor,
  };
}

/** The tensors of a model's golden file. */
export function goldenTensors(model: string): ReadonlyMap<string, Tensor> {
  const path = `golden/models/${model}/golden.safetensors`;
  return decodeSafetensors(readFileSync(sharedPath(path)), path).tensors;
}
