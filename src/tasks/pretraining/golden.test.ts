// From the same weights and the same damaged batch, the loss of an objective is that of Python's transformers.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runOnce } from "../../../test/layer-goldens.js";
import { needs, repository, sharedPath } from "../../../test/shared.js";
import { toyTokenizer } from "../../../test/toy-corpus.js";
import { type JsonObject, Random, type Tensor, toNumbers } from "../../base/index.js";
import { leaves, referenceRuntime } from "../../engine/index.js";
import { readSafetensorsFile } from "../../hub/index.js";
import { type Architecture, architectureOf, matchWeights, type Network } from "../../models/index.js";
import { forInference } from "../../nn/index.js";
import type { TaskItem } from "../task.js";
import {
  type AnyObjective,
  denoising,
  nextSentence,
  permutationLm,
  prefixLm,
  sentenceOrder,
  spanCorruption,
} from "./index.js";
import type { PairRow } from "./sentence-pairs.js";

const tokenizer = toyTokenizer();

/** A checkpoint with one batch that Python's model was given, and what it gave. */
interface Golden {
  readonly directory: string;
  readonly length: number;
  readonly rowCount: number;
  /** An input, row after row; -100 stands for a label that does not count. */
  rows(name: string): number[][];
  readonly loss: number;
}

async function readGolden(directory: string, prefix = "case0"): Promise<Golden> {
  const tensors = await readSafetensorsFile(join(directory, "golden.safetensors"));
  const take = (name: string): Tensor => tensors.get(`${prefix}.${name}`)!;
  const [rowCount, length] = take("in.input_ids").shape as [number, number];
  return {
    directory,
    length,
    rowCount,
    rows(name) {
      const { dtype, data } = take(`in.${name}`);
      const size = data.length / rowCount;
      return Array.from({ length: rowCount }, (_, row) => [
        ...toNumbers(dtype, data.slice(row * size, (row + 1) * size)),
      ]);
    },
    loss: Number(take("out.loss").data[0]),
  };
}

function openGolden({ directory }: Golden): { architecture: Architecture; network: Network } {
  const config: JsonObject = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
  const architecture = architectureOf(config, directory);
  return { architecture, network: architecture.readConfig(config, directory) };
}

/** The loss of an objective for items that were damaged in Python. */
async function lossOf(objective: AnyObjective, golden: Golden, items: readonly TaskItem[]): Promise<number> {
  const { architecture, network } = openGolden(golden);
  const { decoderInput = () => [] } = network;
  const problem = objective.open({
    tokenizer,
    network,
    settings: {},
    rows: { maxLength: golden.length, decoderInput },
  });
  const outputs = network.build(problem.head, problem.labelCount, problem.inputs!(), forInference());
  const loss = problem.loss(outputs, false);
  const checkpoint = await readSafetensorsFile(join(golden.directory, "model.safetensors"));
  const { weights, newParameters } = matchWeights(
    architecture,
    leaves([loss], "parameter"),
    checkpoint,
    new Random(1),
    golden.directory,
  );
  assert.deepEqual(newParameters, []);
  const targets = problem.targets(
    items,
    golden.length,
    problem.weightOf(items),
    problem.furtherWeightsOf?.(items),
  );
  const feeds = new Map([...paddedFeeds(items, golden.length), ...targets, ...weights]);
  const results = await runOnce(referenceRuntime(), new Map([["loss", loss]]), feeds);
  return Number(results.get("loss")!.data[0]);
}

/** Ids, mask and type ids, row after row. */
function paddedFeeds(items: readonly TaskItem[], length: number): Map<string, Tensor> {
  const padded = (of: (item: TaskItem) => ArrayLike<number>): Tensor => ({
    dtype: "int64",
    shape: [items.length, length],
    data: BigInt64Array.from(
      items.flatMap((item) => Array.from({ length }, (_, i) => BigInt(of(item)[i] ?? 0))),
    ),
  });
  return new Map([
    ["ids", padded(({ encoding }) => encoding.ids)],
    ["mask", padded(({ encoding }) => new Int32Array(encoding.ids.length).fill(1))],
    ["typeIds", padded(({ encoding }) => encoding.typeIds)],
  ]);
}

/** What of a row is a token, and what of it is to be guessed. */
function guessedRows(golden: Golden): Pick<PairRow, "encoding" | "places" | "labels" | "example">[] {
  const [ids, mask, typeIds, labels] = ["input_ids", "attention_mask", "token_type_ids", "labels"].map(
    golden.rows,
  ) as [number[][], number[][], number[][], number[][]];
  return ids.map((row, example) => {
    const size = mask[example]!.reduce((a, b) => a + b, 0);
    const places = Int32Array.from([...row.keys()].filter((place) => labels[example]![place] !== -100));
    return {
      example,
      places,
      labels: places.map((place) => labels[example]![place]!),
      encoding: {
        ids: Int32Array.from(row.slice(0, size)),
        typeIds: Int32Array.from(typeIds[example]!.slice(0, size)),
        ...nothingLost,
      },
    };
  });
}

describe("losses of objectives are those of Python", () => {
  const checkLoss = async (objective: AnyObjective, golden: Golden, items: readonly TaskItem[]) => {
    const loss = await lossOf(objective, golden, items);
    assert.ok(Math.abs(loss - golden.loss) < 2e-5, `${loss} against ${golden.loss}`);
  };

  for (const [objective, name, labelName] of [
    [nextSentence, "bert-for-pretraining", "next_sentence_label"],
    [sentenceOrder, "albert-for-pretraining", "sentence_order_label"],
  ] as const)
    test(`${objective.name}: ${name}`, needs(`golden/models/${name}`), async () => {
      const golden = await readGolden(sharedPath(`golden/models/${name}`));
      const pairs = golden.rows(labelName).flat();
      const items = guessedRows(golden).map((row, i) => ({ ...row, label: pairs[i] }));
      await checkLoss(objective, golden, items);
    });

  for (const [objective, name] of [
    [spanCorruption, "t5-relu"],
    [denoising, "bart-for-conditional-generation"],
    [prefixLm, "mt5"],
  ] as const)
    test(`${objective.name}: ${name}`, needs(`golden/models/${name}`), async () => {
      const golden = await readGolden(sharedPath(`golden/models/${name}`));
      const { network } = openGolden(golden);
      const [ids, mask, labels] = ["input_ids", "attention_mask", "labels"].map(golden.rows);
      const items = ids!.map((row, example) => {
        const size = mask![example]!.reduce((a, b) => a + b, 0);
        const written = labels![example]!.filter((label) => label !== -100);
        return {
          example,
          labels: Int32Array.from(written),
          read: Int32Array.from(network.decoderInput!(written)),
          encoding: {
            ids: Int32Array.from(row.slice(0, size)),
            typeIds: new Int32Array(size),
            ...nothingLost,
          },
        };
      });
      await checkLoss(objective, golden, items);
    });

  test("permutation-lm: xlnet-lm-head-permuted, in the order of the collator", async () => {
    const golden = await readGolden(join(repository, "test", "golden", "models", "xlnet-lm-head-permuted"));
    const [masks, labels] = [golden.rows("perm_mask"), golden.rows("labels")];
    const items = golden.rows("input_ids").map((row, example) => {
      const { length } = row;
      const isHidden = (query: number, key: number): boolean => masks[example]![query * length + key] === 1;
      const places = [...row.keys()].filter((place) => labels[example]![place] !== -100);
      // a guessed token comes after those of the guessed that it sees
      const rank = (place: number): number =>
        places.includes(place) ? places.filter((other) => !isHidden(place, other)).length : -1;
      return {
        example,
        places: Int32Array.from(places),
        labels: Int32Array.from(places, (place) => row[place]!),
        ranks: Int32Array.from(row.keys(), rank),
        encoding: { ids: Int32Array.from(row), typeIds: new Int32Array(length), ...nothingLost },
      };
    });
    assert.ok(items.every(({ places }) => places.length > 2));
    await checkLoss(permutationLm, golden, items);
  });
});

const nothingLost = { truncatedCount: 0, unknownCount: 0 };
