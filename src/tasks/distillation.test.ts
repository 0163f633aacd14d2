import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tinyConfig } from "../../test/end-to-end/tiny-model.js";
import { runOnce } from "../../test/layer-goldens.js";
import { int64, type JsonObject, Random, type Tensor } from "../base/index.js";
import { gradient, leaves, nameOf, referenceRuntime, type Value } from "../engine/index.js";
import { bert } from "../models/bert.js";
import { matchWeights, type Network } from "../models/index.js";
import { forInference } from "../nn/index.js";
import {
  type DistillationSettings,
  distillationForms,
  distilled,
  isTeachers,
  teacherName,
} from "./distillation.js";
import { hiddenTokens } from "./hidden-tokens.js";
import type { MaskedItem } from "./masked-blocks.js";

const networkOf = (changes: JsonObject): Network =>
  bert.readConfig(
    tinyConfig({ architectures: ["BertForMaskedLM"], hidden_size: 8, intermediate_size: 12, ...changes }),
    "config.json",
  );
const teacher = networkOf({ num_hidden_layers: 2, num_attention_heads: 2 });
const student = networkOf({ num_hidden_layers: 1, num_attention_heads: 2 });
const problem = { ...hiddenTokens({ rate: 0.15 }), description: "masked" };
const settingsOf = (form: keyof typeof distillationForms): DistillationSettings => ({
  ...distillationForms[form],
  temperature: 2,
});

/** Two rows of unlike length, one token hidden in each. */
const items = [
  [2, 7, 9, 8, 3],
  [2, 6, 3],
].map((ids, example): MaskedItem => {
  const original = Int32Array.from(ids);
  return {
    example,
    original,
    wordIds: original,
    reader: { special: {} as never, vocabularySize: 40, isSpecial: () => false },
    places: Int32Array.of(1),
    labels: Int32Array.of(ids[1]!),
    encoding: { ids: original, typeIds: new Int32Array(ids.length), truncatedCount: 0, unknownCount: 0 },
  };
});
const padded = (numbers: (ids: Int32Array) => number[]): Tensor =>
  int64(
    [2, 5],
    items.flatMap(({ original }) => [...numbers(original), 0, 0].slice(0, 5)),
  );

/** What a batch feeds, where `total` items and tokens make a step. */
function feedsOf(own: typeof problem, share = 1): Map<string, Tensor> {
  const further = own.furtherWeightsOf?.(items) ?? [];
  return new Map<string, Tensor>([
    ["ids", padded((ids) => [...ids])],
    ["mask", padded((ids) => [...ids].map(() => 1))],
    ["typeIds", padded((ids) => [...ids].map(() => 0))],
    ...own.targets(
      items,
      5,
      own.weightOf(items) / share,
      further.map((weight) => weight / share),
    ),
  ]);
}

function weightsOf(network: Network, seed: number, rename: (name: string) => string): Map<string, Tensor> {
  const { heads } = network.build("masked-lm", 0, problem.inputs!(), forInference());
  const parameters = leaves([...heads.values()], "parameter");
  const drawn = matchWeights(bert, parameters, new Map(), new Random(seed), "test").weights;
  return new Map([...drawn].map(([name, tensor]) => [rename(name), tensor]));
}

/** The loss of the student as it is, without dropout, and its gradients by parameter. */
async function lossOf(
  own: typeof problem,
  network: Network,
  weights: ReadonlyMap<string, Tensor>,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<{ loss: number; gradients: ReadonlyMap<string, Tensor> }> {
  const loss = own.loss(network.build("masked-lm", 0, problem.inputs!(), forInference()), true);
  const parameters = leaves([loss], "parameter").filter((value) => !isTeachers(nameOf(value)));
  const outputs = new Map<string, Value>([["loss", loss]]);
  gradient(loss, parameters).forEach((dx, i) => {
    if (dx !== undefined) outputs.set(`d${nameOf(parameters[i]!)}`, dx);
  });
  const results = await runOnce(referenceRuntime(), outputs, new Map([...weights, ...feeds]));
  return { loss: Number(results.get("loss")!.data[0]), gradients: results };
}

const ofTeacher = weightsOf(teacher, 1, teacherName);
const ofStudent = weightsOf(student, 2, (name) => name);

describe("a problem with a teacher", () => {
  for (const form of ["distilbert", "minilm", "minilm-attention"] as const)
    test(`${form}: the student's parameters have gradients, the teacher's have none`, async () => {
      const own = distilled(problem, teacher, settingsOf(form));
      const { loss, gradients } = await lossOf(
        own,
        student,
        new Map([...ofStudent, ...ofTeacher]),
        feedsOf(own),
      );
      assert.ok(Number.isFinite(loss) && loss > 0, `${loss}`);
      const moved = [...gradients].filter(([, { data }]) => (data as Float64Array).some((x) => x !== 0));
      assert.ok(moved.length > 5, moved.map(([name]) => name).join());
      const built = own.loss(student.build("masked-lm", 0, own.inputs!(), forInference()), true);
      const parameters = leaves([built], "parameter");
      assert.ok(parameters.some((value) => isTeachers(nameOf(value))));
      for (const value of parameters)
        assert.equal(
          value.source.kind === "parameter" && value.source.isFixed === true,
          isTeachers(nameOf(value)),
        );
    });

  test("a student that is its teacher has its own loss left, and nothing to learn of relations", async () => {
    const same = weightsOf(teacher, 1, (name) => name);
    const weights = new Map([...same, ...ofTeacher]);
    const plain = await lossOf(problem, teacher, weights, feedsOf(problem));
    const taught = distilled(problem, teacher, settingsOf("distilbert"));
    const { loss } = await lossOf(taught, teacher, weights, feedsOf(taught));
    assert.ok(Math.abs(loss - 2 * plain.loss) < 1e-9, `${loss} against ${2 * plain.loss}`);
    const related = distilled(problem, teacher, settingsOf("minilm"));
    assert.ok(Math.abs((await lossOf(related, teacher, weights, feedsOf(related))).loss) < 1e-9);
  });

  test("a step is the same however it is cut: losses of half the weight are half", async () => {
    const weights = new Map([...ofStudent, ...ofTeacher]);
    for (const form of ["distilbert", "minilm"] as const) {
      const own = distilled(problem, teacher, settingsOf(form));
      const [whole, half] = [
        await lossOf(own, student, weights, feedsOf(own)),
        await lossOf(own, student, weights, feedsOf(own, 0.5)),
      ];
      assert.ok(Math.abs(half.loss - whole.loss / 2) < 1e-7, form);
    }
  });

  test("it is tried without the teacher", () => {
    const own = distilled(problem, teacher, settingsOf("distilbert"));
    const outputs = student.build("masked-lm", 0, own.inputs!(), forInference());
    assert.ok(!leaves([own.loss(outputs, false)], "parameter").some((value) => isTeachers(nameOf(value))));
  });

  test("relations compare models of other widths; directions and other vocabularies are refused", async () => {
    const wide = networkOf({ hidden_size: 16, num_attention_heads: 4 });
    const taughtBy = (
      by: Network,
      changes: Partial<DistillationSettings>,
      form: "distilbert" | "minilm",
    ): Value => {
      const own = distilled(problem, by, { ...settingsOf(form), ...changes });
      return own.loss(student.build("masked-lm", 0, own.inputs!(), forInference()), true);
    };
    const own = distilled(problem, wide, settingsOf("minilm"));
    const weights = new Map([...ofStudent, ...weightsOf(wide, 3, teacherName)]);
    assert.ok((await lossOf(own, student, weights, feedsOf(own))).loss > 0);
    assert.throws(
      () => taughtBy(wide, {}, "distilbert"),
      /expected a student as wide as its teacher \(16\), got 8/,
    );
    assert.throws(
      () => taughtBy(networkOf({ vocab_size: 99 }), {}, "distilbert"),
      /expected a student that scores as many words or classes as its teacher \(99\)/,
    );
    assert.throws(
      () => taughtBy(wide, { relationHeads: 16 }, "minilm"),
      /--relation-heads: expected a divisor of the student's width \(8\), got 16/,
    );
    assert.throws(() => taughtBy(teacher, { relationWeight: 0 }, "minilm"), /weights of 0 only/);
  });
});
