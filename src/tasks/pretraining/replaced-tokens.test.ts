import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertLikePython, countedPlaces, readBesideGolden } from "../../../test/pretraining-goldens.js";
import { toyCorpus, toyTokenizer } from "../../../test/toy-corpus.js";
import { float32 } from "../../base/index.js";
import { leaves, nameOf } from "../../engine/index.js";
import { forInference, forTraining } from "../../nn/index.js";
import { replacedTokens } from "./index.js";

const tokenizer = toyTokenizer();
const golden = await readBesideGolden("electra");
const { network, architecture } = golden;

describe("replaced-tokens", () => {
  const problem = replacedTokens.open({
    ...{ tokenizer, network, settings: { generatorShare: 0.5 }, rows: { maxLength: 8 } },
  });

  test("both losses and all gradients are those of Python's generator and discriminator over one embedding", async () => {
    const [labels, replacedIds, isReplaced, typeIds] = [
      ...["labels", "replaced_ids", "is_replaced", "token_type_ids"].map(golden.rows),
    ] as [Int32Array[], Int32Array[], Int32Array[], Int32Array[]];
    const items = golden.rows("hidden_ids").map((hiddenIds, i) => {
      const places = countedPlaces(labels[i]!);
      return {
        ...{ example: i, original: hiddenIds, hiddenIds, replaced: isReplaced[i]!, places },
        labels: places.map((place) => labels[i]![place]!),
        encoding: { ids: replacedIds[i]!, typeIds: typeIds[i]!, truncatedCount: 0, unknownCount: 0 },
      };
    });
    // Python calls the generator's parameters by their own names, with `generator.` before them
    await assertLikePython(golden, problem, items, (name) => {
      const own = name.replace("beside.generator.", "");
      return `generator.${architecture.names.foreign(own, "masked-lm")}`;
    });
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
