import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { float32, type Tensor, toNumbers } from "../../src/base/index.js";
import { input, leaves, nameOf } from "../../src/engine/index.js";
import { openRuntime } from "../../src/engine/runtimes/node.js";
import { readSafetensorsFile } from "../../src/hub/index.js";
import { modelInputs } from "../../src/models/index.js";
import { adaptedName, forInference } from "../../src/nn/index.js";
import { labelLoss } from "../../src/objectives/index.js";
import { gradientGraph, sgd, updatePlan } from "../../src/training/index.js";
import { Learner } from "../../src/training/learner.js";
import { groupParameters } from "../../src/training/parameter-groups.js";
import { adapterOf, adaptGraph, checkpointName, mergeAdapter } from "../../src/workflows/adapter.js";
import { evaluate, fineTune } from "../../src/workflows/index.js";
import { openModel } from "../../src/workflows/open-model.js";
import { loadWeights } from "../../src/workflows/session.js";
import { repository } from "../shared.js";
import { tinyWorld } from "./tiny-model.js";

const folder = join(repository, "test", "golden", "lora");

describe("an adapter gives what PEFT's gives: outputs, loss, gradients, merged matrices", () => {
  const targets = { bert: ["query", "value"], gpt2: ["c_attn", "attn.c_proj"] };
  for (const [name, loraTargets] of Object.entries(targets))
    test(name, async () => {
      const place = join(folder, name);
      const golden = await readSafetensorsFile(join(place, "golden.safetensors"));
      const stored = await readSafetensorsFile(join(place, "adapter", "adapter_model.safetensors"));
      const model = await openModel(place);
      const { architecture } = model;
      const adapter = adapterOf({ loraRank: 4, loraAlpha: 6, loraTargets }, architecture)!;
      const inputs = modelInputs("sequence-classification");
      const built = model.network.build("sequence-classification", 3, inputs, forInference());
      const { outputs, matrices } = adaptGraph(built.heads, adapter, forInference());
      const logits = outputs.get("logits")!;
      const loss = labelLoss(logits, input("labels", ["batch"], "int64"), input("weights", ["batch"]));
      const parameters = leaves([loss], "parameter");
      const peftName = (own: string): string => `base_model.model.${checkpointName(own, architecture)}`;

      const { weights: base } = await loadWeights(model, parameters, 0);
      const weights = new Map(
        parameters.map((value) => {
          const adapted = stored.get(peftName(nameOf(value))) as Tensor<"float32"> | undefined;
          return [nameOf(value), adapted ?? base.get(nameOf(value))!];
        }),
      );
      const used = parameters.filter((value) => stored.has(peftName(nameOf(value))));
      assert.equal(used.length, stored.size, "every array of the adapter is a parameter");

      const { slots, groups } = groupParameters(parameters);
      const learner = new Learner(await openRuntime({ threads: 1 }), slots, groups.length);
      try {
        learner.setParameters(weights);
        const gradients = gradientGraph(loss, used);
        await learner.prepareTraining({
          ...{ gradients: gradients.outputs, plan: gradients.plan, update: updatePlan(sgd(), slots) },
        });
        await learner.prepareForward("outputs", outputs);
        const ids = golden.get("in.input_ids")!;
        const feeds = new Map<string, Tensor>([
          ["ids", ids],
          ["mask", golden.get("in.attention_mask")!],
          ["typeIds", { dtype: "int64", shape: ids.shape, data: new BigInt64Array(ids.data.length) }],
          ["labels", golden.get("in.labels")!],
          ["weights", float32([3], [1 / 3, 1 / 3, 1 / 3])],
        ]);
        assertClose(
          (await learner.forward("outputs", feeds)).get("logits")!,
          golden.get("out.logits")!,
          "logits",
        );
        const value = await learner.differentiate(feeds);
        assertClose(float32([], [value]), golden.get("out.loss")!, "loss");
        for (const parameter of used) {
          const own = nameOf(parameter);
          assertClose(learner.gradients.get(own)!, golden.get(`grad.${peftName(own)}`)!, own);
        }
      } finally {
        await learner.close();
      }
      const merged = mergeAdapter(weights, adapter, matrices);
      const expected = [...golden.keys()].filter((key) => key.startsWith("merged."));
      assert.equal(matrices.length, expected.length);
      for (const { name: own } of matrices)
        assertClose(merged.get(own)!, golden.get(`merged.${architecture.names.foreign(own)}`)!, own);
      assert.ok([...merged.keys()].every((own) => adaptedName(own) === undefined));
    });
});

describe("fine-tuning with an adapter", () => {
  test("leaves the base as it is, and saves a merged model and the adapter", async (t) => {
    const { model, train, validation, path } = await tinyWorld(t);
    const outputDirectory = path("out");
    const options = {
      model,
      train,
      validation,
      epochs: 2,
      learningRate: 5e-3,
      loraRank: 4,
      loraDropout: 0.1,
    };
    const notes: string[] = [];
    const events = { note: (text: string) => void notes.push(text) };
    const run = await fineTune({ ...options, outputDirectory }, { events });
    assert.ok(
      notes.some((note) => /^\d+ of \d+ parameters are trained$/.test(note)),
      notes.join(),
    );

    const before = await readSafetensorsFile(join(model, "model.safetensors"));
    const saved = await readSafetensorsFile(join(outputDirectory, "model.safetensors"));
    const changed = [...before].filter(([name, old]) => {
      const now = saved.get(`bert.${name}`);
      return now !== undefined && toNumbers(now.dtype, now.data).some((x, i) => x !== Number(old.data[i]));
    });
    const names = changed.map(([name]) => name);
    assert.deepEqual(
      names.sort(),
      [0, 1].flatMap((n) =>
        ["query", "value"].map((part) => `encoder.layer.${n}.attention.self.${part}.weight`),
      ),
    );
    const config = JSON.parse(readFileSync(join(outputDirectory, "adapter", "adapter_config.json"), "utf8"));
    assert.deepEqual(
      [config.peft_type, config.task_type, config.r, config.lora_alpha],
      ["LORA", "SEQ_CLS", 4, 8],
    );
    const adapter = await readSafetensorsFile(join(outputDirectory, "adapter", "adapter_model.safetensors"));
    assert.deepEqual(
      [...adapter.keys()].sort(),
      [
        ...["classifier.bias", "classifier.weight"],
        ...names.flatMap((name) =>
          ["A", "B"].map((side) => `bert.${name.replace(/\.weight$/, "")}.lora_${side}.weight`),
        ),
      ]
        .map((name) => `base_model.model.${name}`)
        .sort(),
    );
    // the merged model is what was evaluated
    const again = await evaluate({ model: outputDirectory, data: validation });
    assert.deepEqual(again.metrics["accuracy"], run.metrics["accuracy"]);
  });

  test("a target that no matrix is called by is an error", async (t) => {
    const { model, train, path } = await tinyWorld(t);
    await assert.rejects(
      fineTune({ model, train, outputDirectory: path("out"), loraRank: 2, loraTargets: ["q_proj"] }),
      { name: "OptionError", message: /--lora-targets/ },
    );
  });
});

function assertClose(computed: Tensor, golden: Tensor, place: string): void {
  const expected = toNumbers(golden.dtype, golden.data);
  assert.equal(computed.data.length, expected.length, place);
  toNumbers(computed.dtype, computed.data).forEach((x, i) => {
    assert.ok(
      Math.abs(x - expected[i]!) <= 1e-5 + 1e-4 * Math.abs(expected[i]!),
      `${place} [${i}]: ${x}, ${expected[i]}`,
    );
  });
}
