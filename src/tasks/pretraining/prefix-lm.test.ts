import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertLikePython, readBesideGolden } from "../../../test/pretraining-goldens.js";
import { toyCorpus, toyTokenizer } from "../../../test/toy-corpus.js";
import { int64, Random, type Tensor } from "../../base/index.js";
import { input, leaves, referenceRuntime } from "../../engine/index.js";
import { architectureOf, matchWeights, modelInputs } from "../../models/index.js";
import { forInference } from "../../nn/index.js";
import { foretoldBehind } from "../../objectives/index.js";
import { prefixLm } from "./index.js";

const tokenizer = toyTokenizer();
const endId = tokenizer.special.separator!.id;

describe("prefix-lm of models that look back", () => {
  for (const name of ["gpt2", "llama", "bert"])
    test(`${name}: loss and all gradients are those of Python with a mask of four dimensions`, async () => {
      const golden = await readBesideGolden(`prefix-lm-${name}`);
      const { network } = golden;
      const problem = prefixLm.open({ tokenizer, network, settings: {}, rows: { maxLength: 8, endId } });
      const prefixes = golden.rows("prefix_lengths").map(([length]) => length!);
      const items = golden.rows("input_ids").map((ids, example) => ({
        ...{ example, original: ids, ...foretoldBehind(ids, prefixes[example]!) },
        encoding: { ids, typeIds: new Int32Array(ids.length), truncatedCount: 0, unknownCount: 0 },
      }));
      await assertLikePython(golden, problem, items);
    });

  const families = [
    { model_type: "gpt2", n_embd: 8, n_layer: 2, n_head: 2, n_positions: 16, initializer_range: 0.5 },
    {
      ...{ model_type: "mistral", hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2 },
      ...{ num_key_value_heads: 1, intermediate_size: 12, initializer_range: 0.5, sliding_window: 3 },
    },
  ];
  for (const family of families)
    test(`${family.model_type}: a prefix of no token or one is no prefix, one of two is`, async () => {
      const config = { ...family, vocab_size: tokenizer.vocabularySize };
      const architecture = architectureOf(config, "config");
      const network = architecture.readConfig(config, "config");
      const [plain, prefixed] = [{}, { prefixLengths: input("prefixLengths", ["batch"], "int64") }].map(
        (more) => {
          const inputs = { ...modelInputs("causal-lm"), ...more };
          return network.build("causal-lm", 0, inputs, forInference()).heads.get("logits")!;
        },
      );
      const parameters = leaves([plain!], "parameter");
      const { weights } = matchWeights(architecture, parameters, new Map(), new Random(1), "nowhere");
      const feeds = (length?: number): Map<string, Tensor> =>
        new Map<string, Tensor>([
          ...weights,
          ["ids", int64([2, 6], [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0, 0])],
          ["mask", int64([2, 6], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0])],
          ...(length === undefined ? [] : [["prefixLengths", int64([2], [length, length])] as const]),
        ]);
      const runtime = referenceRuntime();
      const [causal, other] = await Promise.all(
        [plain!, prefixed!].map((logits) => runtime.compile(new Map([["logits", logits]]))),
      );
      const logitsOf = async (length: number): Promise<unknown> =>
        (await other!.run(feeds(length))).get("logits")!.data;
      const expected = (await causal!.run(feeds())).get("logits")!.data;
      assert.deepEqual(await logitsOf(0), expected);
      assert.deepEqual(await logitsOf(1), expected);
      assert.notDeepEqual(await logitsOf(2), expected);
    });

  test("what is foretold is what comes behind the prefix, and each step draws another one", async () => {
    const { network } = await readBesideGolden("prefix-lm-gpt2");
    const problem = prefixLm.open({ tokenizer, network, settings: {}, rows: { maxLength: 11, endId } });
    const rows = problem.encode([toyCorpus(tokenizer, 4).read(0, problem.rowLength)]);
    const lengths = new Set<number>();
    for (let step = 0; step < 200; step++) {
      const [{ original, prefixLength, places, labels, encoding }] = problem.redraw!(rows, 1, step) as [
        (typeof rows)[0],
      ];
      lengths.add(prefixLength);
      assert.deepEqual(labels, original.subarray(prefixLength));
      assert.deepEqual(
        [...places],
        [...labels.keys()].map((i) => prefixLength - 1 + i),
      );
      assert.equal(encoding.ids.length, original.length - 1);
      assert.equal(places.at(-1), encoding.ids.length - 1);
    }
    assert.deepEqual(
      [...lengths].sort((a, b) => a - b),
      Array.from({ length: 11 }, (_, i) => i + 1),
    );
  });

  test("a model without attention is refused", () => {
    const config = { model_type: "lstm-lm", hidden_size: 8, num_hidden_layers: 1, vocab_size: 20 };
    const network = architectureOf(config, "config").readConfig(config, "config");
    assert.throws(
      () => prefixLm.open({ tokenizer, network, settings: {}, rows: { maxLength: 8, endId } }),
      /prefix-lm: expected a model with attention/,
    );
  });
});
