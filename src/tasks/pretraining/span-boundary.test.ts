import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertLikePython, countedPlaces, readBesideGolden } from "../../../test/pretraining-goldens.js";
import { toyCorpus, toyTokenizer } from "../../../test/toy-corpus.js";
import type { JsonObject } from "../../base/index.js";
import { leaves, nameOf } from "../../engine/index.js";
import { architectureOf, foreignWeights, isBeside, type Network } from "../../models/index.js";
import { forInference } from "../../nn/index.js";
import { spanBoundary } from "./index.js";

const tokenizer = toyTokenizer();

const sizes: JsonObject = {
  ...{ vocab_size: tokenizer.vocabularySize, num_hidden_layers: 1, num_attention_heads: 2 },
  ...{ intermediate_size: 12, max_position_embeddings: 30 },
};

/** Encoders that differ in their embeddings. */
const encoders: Readonly<Record<string, Network>> = Object.fromEntries(
  Object.entries({
    bert: { ...sizes, hidden_size: 8 },
    albert: { ...sizes, hidden_size: 8, embedding_size: 6 },
    electra: { ...sizes, hidden_size: 8, embedding_size: 6 },
    roberta: { ...sizes, hidden_size: 8, pad_token_id: 1 },
    "deberta-v2": { ...sizes, hidden_size: 8, type_vocab_size: 0 },
    modernbert: { ...sizes, hidden_size: 8 },
  }).map(([name, given]) => {
    const config = { ...given, model_type: name };
    return [name, architectureOf(config, name).readConfig(config, name)];
  }),
);

describe("span-boundary", () => {
  test("both losses and all gradients are those of Python's model with SpanBERT's head beside it", async () => {
    const golden = await readBesideGolden("span-boundary");
    const [labels, typeIds] = ["labels", "token_type_ids"].map(golden.rows) as [Int32Array[], Int32Array[]];
    const items = golden.rows("hidden_ids").map((ids, i) => {
      const places = countedPlaces(labels[i]!);
      return {
        ...{ example: i, original: ids, places },
        labels: places.map((place) => labels[i]![place]!),
        encoding: { ids, typeIds: typeIds[i]!, truncatedCount: 0, unknownCount: 0 },
      };
    });
    const problem = spanBoundary.open({
      ...{ tokenizer, network: golden.network, settings: {}, rows: { maxLength: 8 } },
    });
    await assertLikePython(golden, problem, items, (name) => name.replace("beside.", ""));
  });

  test("hides spans unless told otherwise; each hidden token between two others is guessed twice", () => {
    const network = encoders["bert"]!;
    const corpus = toyCorpus(tokenizer, 20);
    const problem = spanBoundary.open({ tokenizer, network, settings: {}, rows: { maxLength: 24 } });
    const stretches = Array.from({ length: 10 }, (_, i) => corpus.read(22 * i, 22));
    const items = problem.redraw!(problem.encode(stretches), 1, 1);
    const together = items.filter(({ places }) => places.some((place, i) => places[i + 1] === place + 1));
    assert.ok(together.length > 5);
    // a row has special tokens at both ends, and so every span has a boundary
    assert.deepEqual(problem.furtherWeightsOf!(items), [problem.weightOf(items)]);
  });

  for (const [name, network] of Object.entries(encoders))
    test(`any encoder can have it: ${name}; it is saved without`, () => {
      const problem = spanBoundary.open({ tokenizer, network, settings: {}, rows: { maxLength: 24 } });
      const outputs = problem.network!.build(problem.head, 0, problem.inputs!(), forInference());
      const names = leaves([problem.loss(outputs, true)], "parameter").map(nameOf);
      const beside = names.filter(isBeside);
      assert.equal(beside.length, 10);
      const one = { dtype: "float32", shape: [1], data: Float32Array.of(1) } as const;
      const weights = new Map(names.map((own) => [own, one]));
      const saved = foreignWeights(architectureOf({ model_type: name }, name), "masked-lm", weights);
      assert.equal(saved.size, names.length - beside.length);
    });
});
