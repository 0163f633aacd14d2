import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runOnce } from "../../../test/layer-goldens.js";
import { repository } from "../../../test/shared.js";
import { toyCorpus, toyTokenizer } from "../../../test/toy-corpus.js";
import { float32, int64, type Tensor, toNumbers } from "../../base/index.js";
import { gradient, leaves, nameOf, referenceRuntime, type Value } from "../../engine/index.js";
import { readSafetensorsFile } from "../../hub/index.js";
import { architectureOf, isBeside, type Network } from "../../models/index.js";
import { forInference, forTraining } from "../../nn/index.js";
import { replacedTokens } from "./index.js";

const directory = join(repository, "test", "golden", "pretraining", "electra");
const config = JSON.parse(readFileSync(join(directory, "config.json"), "utf8"));
const architecture = architectureOf(config, directory);
const tokenizer = toyTokenizer();

function opened(network: Network, settings = {}) {
  const rows = { maxLength: 8 };
  return replacedTokens.open({ tokenizer, network, settings: { generatorShare: 0.5, ...settings }, rows });
}

describe("replaced-tokens", () => {
  const network = architecture.readConfig(config, directory);
  const problem = opened(network);

  test("both losses and all gradients are those of Python's generator and discriminator over one embedding", async () => {
    const golden = await readSafetensorsFile(join(directory, "golden.safetensors"));
    const ints = (name: string): number[][] => {
      const { dtype, data, shape } = golden.get(`in.${name}`)!;
      const all = [...toNumbers(dtype, data)];
      return Array.from({ length: shape[0]! }, (_, row) => all.slice(row * shape[1]!, (row + 1) * shape[1]!));
    };
    const [mask, labels] = [ints("attention_mask"), ints("labels")];
    const length = mask[0]!.length;
    const replacedIds = ints("replaced_ids");
    const items = ints("hidden_ids").map((hidden, example) => {
      const size = mask[example]!.reduce((a, b) => a + b, 0);
      const places = [...hidden.keys()].filter((place) => labels[example]![place] !== -100);
      const own = (row: number[]): Int32Array => Int32Array.from(row.slice(0, size));
      return {
        ...{ example, reader: tokenizer, wordIds: new Int32Array(size), original: own(hidden) },
        hiddenIds: own(hidden),
        replaced: own(ints("is_replaced")[example]!),
        places: Int32Array.from(places),
        labels: Int32Array.from(places, (place) => labels[example]![place]!),
        encoding: {
          ids: own(replacedIds[example]!),
          typeIds: own(ints("token_type_ids")[example]!),
          ...{ truncatedCount: 0, unknownCount: 0 },
        },
      };
    });
    const outputs = problem.network!.build(problem.head, 0, problem.inputs!(), forInference());
    const loss = problem.loss(outputs, false);
    const parameters = leaves([loss], "parameter");
    /** Python calls the generator's own parameters by its own names, with `generator.` before them. */
    const foreign = (name: string): string =>
      isBeside(name)
        ? `generator.${architecture.names.foreign(name.replace("beside.generator.", ""), "masked-lm")}`
        : architecture.names.foreign(name, "replaced-tokens");
    const shape = [items.length, length];
    const feeds = new Map<string, Tensor>([
      ["ids", int64(shape, replacedIds.flat())],
      ["mask", int64(shape, mask.flat())],
      ["typeIds", int64(shape, ints("token_type_ids").flat())],
      ...problem.targets(items, length, problem.weightOf(items), problem.furtherWeightsOf!(items)),
      ...parameters.map((value) => [nameOf(value), golden.get(`weight.${foreign(nameOf(value))}`)!] as const),
    ]);
    const gradients = gradient(loss, parameters);
    const asked = new Map<string, Value>([
      ["loss", loss],
      ...parameters.map((value, i) => [`gradient of ${nameOf(value)}`, gradients[i]!] as const),
    ]);
    const results = await runOnce(referenceRuntime(), asked, feeds);
    const expected = ["out.masked", "out.replaced"].map((name) => Number(golden.get(name)!.data[0]));
    assert.ok(Math.abs(Number(results.get("loss")!.data[0]) - expected[0]! - expected[1]!) < 1e-4);
    const stored = [...golden.keys()].filter((name) => name.startsWith("grad."));
    assert.deepEqual(parameters.map((value) => `grad.${foreign(nameOf(value))}`).sort(), stored.sort());
    for (const value of parameters) {
      const name = nameOf(value);
      const [got, wanted] = [results.get(`gradient of ${name}`)!, golden.get(`grad.${foreign(name)}`)!];
      wanted.data.forEach((number, i) => {
        const bound = 1e-4 + 1e-3 * Math.abs(Number(number));
        assert.ok(Math.abs(Number(got.data[i]) - Number(number)) < bound, `${name}[${i}]`);
      });
    }
  });

  test("the generator's guesses go into the text, and what it guesses rightly is not replaced", () => {
    const corpus = toyCorpus(tokenizer, 4);
    const drawn = problem.redraw!(problem.encode([corpus.read(0, 6), corpus.read(6, 6)]), 1, 1);
    for (const { hiddenIds, original, encoding, places } of drawn) {
      assert.deepEqual(encoding.ids, original, "before anything is proposed the text is whole");
      original.forEach((id, place) => {
        if (!places.includes(place)) assert.equal(hiddenIds[place], id);
        else assert.ok(hiddenIds[place] === id || hiddenIds[place] === tokenizer.special.mask!.id);
      });
    }
    // a generator that is sure of one token everywhere, of the right one in the first row
    const count = problem.weightOf(drawn);
    const size = tokenizer.vocabularySize;
    const logits = new Float32Array(count * size).fill(-50);
    const right = drawn[0]!.labels.length;
    for (let i = 0; i < count; i++) logits[i * size + (i < right ? drawn[0]!.labels[i]! : 9)] = 50;
    const answered = problem.proposal!.answer(
      drawn,
      new Map([["logits", float32([count, size], logits)]]),
      1,
      1,
    ) as typeof drawn;
    assert.ok(answered[0]!.replaced.every((flag) => flag === 0));
    assert.deepEqual(answered[0]!.encoding.ids, answered[0]!.original);
    const { replaced, original, encoding, places } = answered[1]!;
    original.forEach((id, place) => {
      assert.equal(encoding.ids[place], places.includes(place) ? 9 : id);
      assert.equal(replaced[place], Number(places.includes(place) && id !== 9));
    });
  });

  test("dropouts of both parts are apart; the generator is saved with the embeddings, the model without it", () => {
    const outputs = problem.network!.build(problem.head, 0, problem.inputs!(), forTraining());
    const inputs = leaves([problem.loss(outputs, true)], "input").map(nameOf);
    assert.equal(new Set(inputs).size, inputs.length);
    const learnt = new Map(
      leaves([problem.loss(outputs, true)], "parameter").map((value) => [nameOf(value), nameOf(value)]),
    );
    const { config: smaller, head, weightsOf } = problem.companion!;
    const alone = architecture.readConfig(smaller, "generator");
    const own = alone.build(head, 0, problem.inputs!(), forInference()).heads.get("logits")!;
    const names = leaves([own], "parameter").map(nameOf);
    const saved = weightsOf(learnt);
    for (const name of names) assert.ok(saved.has(name), name);
    assert.equal(saved.get("embeddings.word.weight"), "embeddings.word.weight");
    assert.equal(
      saved.get("layers.0.feedForward.inner.weight"),
      "beside.generator.layers.0.feedForward.inner.weight",
    );
    assert.deepEqual([...saved.keys()].sort(), [...names].sort());
  });
});
