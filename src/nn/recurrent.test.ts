import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { before, describe, test } from "node:test";
import { assertClose, runOnce, goldenRuntimes as runtimes } from "../../test/layer-goldens.js";
import { needs, sharedJson, sharedPath } from "../../test/shared.js";
import { float32, int64, type Tensor } from "../base/index.js";
import {
  add,
  gradient,
  input,
  leaves,
  multiply,
  nameOf,
  reshape,
  slice,
  sum,
  type Value,
} from "../engine/index.js";
import { readSafetensorsFile } from "../hub/index.js";
import { forInference, forTraining, recurrent, recurrentCells, recurrentNames } from "./index.js";

const folder = "golden/layers/recurrent";

interface GoldenCase {
  readonly name: string;
  readonly type: string;
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly bias: boolean;
  readonly lengths: readonly number[] | null;
}

const cases: readonly GoldenCase[] = existsSync(sharedPath(`${folder}.json`))
  ? sharedJson(`${folder}.json`)
  : [];
describe(
  "recurrent layers are those of PyTorch, outputs and gradients",
  needs(`${folder}.safetensors`),
  () => {
    let golden: ReadonlyMap<string, Tensor>;
    before(async () => {
      golden = await readSafetensorsFile(sharedPath(`${folder}.safetensors`));
    });

    for (const runtime of runtimes)
      for (const golden_ of cases)
        test(`${golden_.name}, ${runtime.name}`, async () => {
          const {
            name,
            type,
            lengths,
            hidden: hiddenSize,
            layers: layerCount,
            bidirectional,
            bias,
          } = golden_;
          const stored = (part: string): Tensor => golden.get(`${name}.${part}`)!;
          const [batchSize, length] = stored("x").shape as [number, number, number];
          const ours = new Map(
            recurrentNames("net", "param").flatMap(([own, foreign]) =>
              Array.from({ length: layerCount }, (_, n) => [
                own.replace("{n}", `${n}`),
                foreign.replace("{n}", `${n}`).replace("param.", ""),
              ]),
            ) as [string, string][],
          );

          const x = input("x", ["batch", "sequence", 5]);
          const cell = recurrentCells.get(type.replace("-proj", ""))!;
          const projection = type === "lstm-proj" ? { projectionSize: 3 } : {};
          const mask = lengths === null ? {} : { mask: input("mask", ["batch", "sequence"], "int64") };
          const options = {
            cell,
            hiddenSize,
            layerCount,
            direction: bidirectional ? ("both" as const) : ("forward" as const),
            hasBias: bias,
            ...projection,
            ...mask,
          };
          const { output, states } = recurrent(x, "net", options, forInference());

          // sum(out*w_out) + sum(h_n*w_h) + sum(c_n*w_c), as the golden values were made
          const feeds = new Map([
            ["x", stored("x")],
            ["w_out", stored("w_out")],
          ]);
          const outputs = new Map<string, Value>([["out", output]]);
          const dot = (a: Value, b: Value): Value => reshape(sum(multiply(a, b)), []);
          let loss = dot(output, input("w_out", output.shape));
          ["h", "c"].slice(0, cell.stateCount).forEach((kind, k) => {
            const weights = stored(`w_${kind}`);
            feeds.set(`w_${kind}`, weights);
            const whole = input(`w_${kind}`, [weights.shape[0]!, "batch", weights.shape[2]!]);
            states.forEach((state, i) => {
              const own = slice(whole, 0, i, i + 1);
              loss = add(loss, dot(reshape(state[k]!, own.shape), own));
              outputs.set(`${kind}_n ${i}`, state[k]!);
            });
          });
          outputs.set("loss", loss);
          const parameters = leaves([loss], "parameter");
          gradient(loss, [x, ...parameters]).forEach((dx, i) => {
            outputs.set(i === 0 ? "grad.x" : `grad.${ours.get(nameOf(parameters[i - 1]!))!}`, dx!);
          });
          for (const parameter of parameters)
            feeds.set(nameOf(parameter), stored(`param.${ours.get(nameOf(parameter))!}`));
          if (lengths !== null) {
            const kept = lengths.flatMap((own) => Array.from({ length }, (_, i) => Number(i < own)));
            feeds.set("mask", int64([batchSize, length], kept));
          }

          const results = await runOnce(runtime, outputs, feeds);
          let comparedCount = 0;
          for (const [key, expected] of golden) {
            const part = key.startsWith(`${name}.`) ? key.slice(name.length + 1) : "";
            if (part === "out" || part === "loss" || part.startsWith("grad.")) {
              assertClose(results.get(part)!, expected, part);
              comparedCount++;
            } else if (part.endsWith("_n")) {
              const size = expected.data.length / states.length;
              states.forEach((_, i) => {
                const own = (expected.data as Float32Array).slice(i * size, (i + 1) * size);
                assertClose(
                  results.get(`${part} ${i}`)!,
                  float32(expected.shape.slice(1), own),
                  `${part} ${i}`,
                );
              });
              comparedCount++;
            }
          }
          assert.equal(comparedCount, parameters.length + 3 + cell.stateCount);
        });
  },
);

describe("recurrent", () => {
  const options = { cell: recurrentCells.get("lstm")!, hiddenSize: 3, layerCount: 2 };
  const numbers = (count: number, start = 0): number[] =>
    Array.from({ length: count }, (_, i) => Math.sin(start + i));
  const feedsFor = (values: Iterable<Value>): Map<string, Tensor> =>
    new Map(
      leaves([...values], "parameter").map((value, i) => {
        const size = (value.shape as number[]).reduce((a, b) => a * b, 1);
        return [nameOf(value), float32(value.shape as number[], numbers(size, 10 * i))];
      }),
    );

  test("a text in two parts with the state carried over is the text as a whole", async () => {
    const mode = forInference();
    const whole = recurrent(input("whole", [2, 6, 4]), "net", options, mode);
    const first = recurrent(slice(input("whole", [2, 6, 4]), 1, 0, 2), "net", options, mode);
    const second = recurrent(
      slice(input("whole", [2, 6, 4]), 1, 2, 6),
      "net",
      { ...options, initial: first.states },
      mode,
    );
    const outputs = new Map<string, Value>([
      ["expected", slice(whole.output, 1, 2, 6)],
      ["got", second.output],
      ["expected cell", whole.states[1]![1]!],
      ["got cell", second.states[1]![1]!],
    ]);
    const feeds = feedsFor(outputs.values()).set("whole", float32([2, 6, 4], numbers(48)));
    for (const runtime of runtimes) {
      const results = await runOnce(runtime, outputs, feeds);
      assertClose(results.get("got")!, results.get("expected")!, "output");
      assertClose(results.get("got cell")!, results.get("expected cell")!, "cell");
    }
  });

  test("padding on either side changes nothing", async () => {
    const text = [numbers(4, 1), numbers(4, 2), numbers(4, 3)];
    const padded = (before: number, after: number): number[] =>
      [...Array(before).fill(numbers(4, 7)), ...text, ...Array(after).fill(numbers(4, 8))].flat() as number[];
    const x = input("x", ["batch", "sequence", 4]);
    const mask = input("mask", ["batch", "sequence"], "int64");
    const { output, states } = recurrent(x, "net", { ...options, direction: "both", mask }, forInference());
    const outputs = new Map<string, Value>([
      ["output", output],
      ...states.map((state, i) => [`state ${i}`, state[0]!] as const),
    ]);
    const results = await runOnce(
      runtimes[0]!,
      outputs,
      feedsFor(outputs.values())
        .set("x", float32([2, 5, 4], [...padded(0, 2), ...padded(2, 0)]))
        .set("mask", int64([2, 5], [1, 1, 1, 0, 0, 0, 0, 1, 1, 1])),
    );
    const rows = (name: string): number[][] => {
      const { data, shape } = results.get(name)!;
      const half = data.length / shape[0]!;
      return [[...(data as Float32Array).slice(0, half)], [...(data as Float32Array).slice(half)]];
    };
    for (let i = 0; i < 4; i++) assert.deepEqual(rows(`state ${i}`)[0], rows(`state ${i}`)[1]);
    const [right, left] = rows("output");
    assert.deepEqual(right!.slice(0, 18), left!.slice(12));
    assert.ok([...right!.slice(18), ...left!.slice(0, 12)].every((value) => value === 0));
  });

  test("dropout lies between layers, not behind the last", () => {
    const masks = (layerCount: number, training: boolean): number => {
      const mode = training ? forTraining() : forInference();
      const { output } = recurrent(
        input("x", [2, 3, 4]),
        "n",
        { ...options, layerCount, dropoutRate: 0.5 },
        mode,
      );
      return leaves([output], "input").length - 1;
    };
    assert.deepEqual([masks(3, true), masks(1, true), masks(3, false)], [2, 0, 0]);
  });
});
