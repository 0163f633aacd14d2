import { describe, test } from "node:test";
import {
  assertLikePyTorch,
  type GoldenPart,
  goldenRuntimes,
  type LayerCase,
  layerGoldens,
} from "../../test/layer-goldens.js";
import { needs } from "../../test/shared.js";
import { int64 } from "../base/index.js";
import { constant, reshape, sizeAt, type Value } from "../engine/index.js";
import {
  attend,
  attention,
  causalBias,
  forInference,
  keyValueOf,
  linear,
  paddingBias,
  transformerLayer,
} from "./index.js";

const size = 8;

/** PyTorch keeps the projections of query, key and value in the rows of one matrix. */
function projections(ours: string, theirs: string): Record<string, GoldenPart> {
  const parts: Record<string, GoldenPart> = {
    [`${ours}.output.weight`]: `${theirs}out_proj.weight`,
    [`${ours}.output.bias`]: `${theirs}out_proj.bias`,
  };
  for (const [i, part] of ["query", "key", "value"].entries())
    for (const kind of ["weight", "bias"])
      parts[`${ours}.${part}.${kind}`] = {
        name: `${theirs}in_proj_${kind}`,
        rows: [size * i, size * (i + 1)],
      };
  return parts;
}

function modules(table: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([ours, theirs]) =>
      ["weight", "bias"].map((kind) => [`${ours}.${kind}`, `${theirs}.${kind}`]),
    ),
  );
}

const options = {
  ...{ headCount: 2, feedForwardSize: 16, initialDeviation: 0.02, normEpsilon: 1e-5 },
  ...{ attentionDropout: 0, hiddenDropout: 0, innerDropout: 0 },
};
const rowsOf = (x: Value): Value => reshape(x, [(sizeAt(x, 0) as number) * (sizeAt(x, 1) as number), size]);

const encoderLayers = ["postnorm", "prenorm"].flatMap((form) =>
  ["relu", "gelu"].map((activation): LayerCase => {
    return {
      name: `encoder-layer-${form}-${activation}`,
      parameters: {
        ...projections("layer.attention", "self_attn."),
        ...modules({
          "layer.feedForward.inner": "linear1",
          "layer.feedForward.outer": "linear2",
          "layer.attention.norm": "norm1",
          "layer.feedForward.norm": "norm2",
        }),
      },
      build({ x, mask }) {
        const inputs = { x: rowsOf(x!), batch: 2, bias: paddingBias(mask!) };
        const settings = { ...options, activation, normFirst: form === "prenorm" };
        return { out: reshape(transformerLayer(inputs, "layer", settings, forInference()).rows, x!.shape) };
      },
    };
  }),
);

const decoderLayer: LayerCase = {
  name: "decoder-layer",
  parameters: {
    ...projections("layer.attention", "self_attn."),
    ...projections("layer.sourceAttention", "multihead_attn."),
    ...modules({
      "layer.feedForward.inner": "linear1",
      "layer.feedForward.outer": "linear2",
      "layer.attention.norm": "norm1",
      "layer.sourceAttention.norm": "norm2",
      "layer.feedForward.norm": "norm3",
    }),
  },
  build({ x, memory, memory_mask: mask }) {
    const length = sizeAt(x!, 1) as number;
    const seen = constant(int64([2, length], new Array<number>(2 * length).fill(1)));
    const source = {
      ...keyValueOf(rowsOf(memory!), "layer.sourceAttention", 2, options),
      bias: paddingBias(mask!),
    };
    const inputs = { x: rowsOf(x!), batch: 2, bias: causalBias(seen, length), source };
    const settings = { ...options, activation: "relu" };
    return { out: reshape(transformerLayer(inputs, "layer", settings, forInference()).rows, x!.shape) };
  },
};

const multihead: LayerCase = {
  name: "multihead",
  parameters: projections("a", ""),
  build({ query, key_value: context, mask }) {
    const part = (x: Value, name: string): Value => linear(rowsOf(x), `a.${name}`, size);
    const settings = {
      ...{ headCount: 2, dropoutRate: 0, batch: 2, bias: paddingBias(mask!) },
      ...{ queryLength: sizeAt(query!, 1), keyLength: sizeAt(context!, 1) },
    };
    const [key, value] = [part(context!, "key"), part(context!, "value")];
    const { output, probabilities } = attention(part(query!, "query"), key, value, settings, forInference());
    return { out: reshape(linear(output, "a.output", size), query!.shape), weights: probabilities };
  },
};

/** One head without projections. */
const scaledDot: LayerCase = {
  name: "scaled-dot",
  build({ query, key, value, mask }) {
    const oneHead = (x: Value): Value => reshape(x, [sizeAt(x, 0), 1, sizeAt(x, 1), sizeAt(x, 2)]);
    const settings = { dropoutRate: 0, bias: paddingBias(mask!) };
    const attended = attend(oneHead(query!), oneHead(key!), oneHead(value!), settings, forInference());
    const weights = reshape(attended.probabilities, [2, sizeAt(query!, 1), sizeAt(key!, 1)]);
    return { out: reshape(attended.output, query!.shape), weights };
  },
};

describe("attention and transformer layers are those of PyTorch, with gradients", needs(layerGoldens), () => {
  for (const layer of [scaledDot, multihead, ...encoderLayers, decoderLayer])
    for (const runtime of goldenRuntimes)
      test(`${layer.name}, ${runtime.name}`, () => assertLikePyTorch(layer, runtime));
});
