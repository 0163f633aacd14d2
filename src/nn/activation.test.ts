import { describe, test } from "node:test";
import { assertLikePyTorch, goldenRuntimes, layerGoldens } from "../../test/layer-goldens.js";
import { needs } from "../../test/shared.js";
import {
  l2Normalize,
  logSoftmax,
  logSumExp,
  reshape,
  sigmoid,
  softmax,
  tanh,
  type Value,
} from "../engine/index.js";
import { elu, gelu, geluTanh, layerNorm, mish, relu, rmsNorm, silu, softplus } from "./index.js";

/** Every function of one value that the golden file has; norms with a weight of 1 and a bias of 0. */
const functions: Readonly<Record<string, (x: Value) => Value>> = {
  gelu,
  "gelu-tanh": geluTanh,
  silu,
  relu,
  tanh,
  sigmoid,
  softmax,
  "log-softmax": logSoftmax,
  softplus,
  elu,
  mish,
  logsumexp: (x) => reshape(logSumExp(x), x.shape.slice(0, -1)),
  "l2-normalize": l2Normalize,
};

describe("functions of one value are those of PyTorch, with gradients", needs(layerGoldens), () => {
  for (const [name, apply] of Object.entries(functions))
    for (const runtime of goldenRuntimes)
      test(`${name}, ${runtime.name}`, () =>
        assertLikePyTorch({ name: `op-${name}`, build: ({ x }) => ({ out: apply(x!) }) }, runtime));
});

describe("norms are those of PyTorch, with gradients", needs(layerGoldens), () => {
  const norms = {
    layernorm: (x: Value): Value => layerNorm(x, "norm", 1e-5),
    rmsnorm: (x: Value): Value => rmsNorm(x, "norm", 1e-6),
  };
  for (const [name, apply] of Object.entries(norms))
    for (const runtime of goldenRuntimes)
      test(`${name}, ${runtime.name}`, () =>
        assertLikePyTorch(
          {
            name: `op-${name}`,
            untrained: { "norm.weight": 1, "norm.bias": 0 },
            build: ({ x }) => ({ out: apply(x!) }),
          },
          runtime,
        ));
});
