// The engine by itself: a small network learns a function of four numbers, by gradients that are more graph.
import { float32, Random, type Tensor } from "tsugiki/base";
import {
  gradient,
  input,
  matmul,
  meanSquaredError,
  parameter,
  type Runtime,
  referenceRuntime,
  tanh,
} from "tsugiki/engine";
import { openRuntime } from "tsugiki/runtimes/node";

const x = input("x", ["batch", 4]);
const y = input("y", ["batch", 1]);
const [w1, w2] = [parameter("w1", [4, 16]), parameter("w2", [16, 1])];
const loss = meanSquaredError(matmul(tanh(matmul(x, w1)), w2), y);
const [dw1, dw2] = gradient(loss, [w1, w2]); // more graph: to be run, written as ONNX, differentiated again

/** Forty rows of y = x0 x1 - x2, and where the weights start. The same numbers come at every call. */
function draw(): Map<string, Tensor<"float32">> {
  const random = new Random(1);
  const numbers = (size: number): number[] => Array.from({ length: size }, () => random.normal(0, 0.5));
  const rows = numbers(40 * 4);
  const targets = Array.from({ length: 40 }, (_, i) => rows[4 * i]! * rows[4 * i + 1]! - rows[4 * i + 2]!);
  return new Map([
    ["x", float32([40, 4], rows)],
    ["y", float32([40, 1], targets)],
    ["w1", float32([4, 16], numbers(64))],
    ["w2", float32([16, 1], numbers(16))],
  ]);
}

/** Two hundred steps of plain gradient descent; answers the losses. */
async function descend(runtime: Runtime): Promise<number[]> {
  const program = await runtime.compile(new Map(Object.entries({ loss, dw1: dw1!, dw2: dw2! })));
  const feeds = draw();
  const losses: number[] = [];
  for (let step = 0; step < 200; step++) {
    const results = await program.run(feeds);
    losses.push(Number(results.get("loss")!.data[0]));
    for (const name of ["w1", "w2"]) {
      const [weights, slope] = [feeds.get(name)!.data, results.get(`d${name}`)!.data];
      weights.forEach((weight, i) => {
        weights[i] = weight - 0.3 * Number(slope[i]);
      });
    }
  }
  await program.close();
  return losses;
}

for (const runtime of [referenceRuntime(), await openRuntime({ name: "onnxruntime", threads: 1 })]) {
  const losses = await descend(runtime);
  const shown = [0, 9, 49, 199].map((step) => `${losses[step]!.toFixed(5)} (step ${step + 1})`);
  console.log(`${runtime.description}: loss ${shown.join(", ")}`);
}
