import { describe, test } from "node:test";
import { assertLikePyTorch, goldenRuntimes, type LayerCase, layerGoldens } from "../../test/layer-goldens.js";
import { needs } from "../../test/shared.js";
import { type AlignmentScore, alignment } from "./index.js";

const cases: Readonly<Record<AlignmentScore, Omit<LayerCase, "build">>> = {
  additive: {
    name: "bahdanau",
    parameters: { "a.query.weight": "W", "a.key.weight": "U", "a.key.bias": "b", "a.vector": "v" },
  },
  dot: { name: "luong-dot" },
  general: { name: "luong-general", parameters: { "a.general.weight": "W" } },
  concat: { name: "luong-concat", parameters: { "a.concat.weight": "W", "a.vector": "v" } },
};

describe("alignment scores are those of the papers, with gradients", needs(layerGoldens), () => {
  for (const [score, golden] of Object.entries(cases) as [AlignmentScore, LayerCase][])
    for (const runtime of goldenRuntimes)
      test(`${score}, ${runtime.name}`, () =>
        assertLikePyTorch(
          {
            ...golden,
            build({ query, keys, mask }) {
              const options = { score, hiddenSize: 7, mask: mask! };
              const { context, weights } = alignment(query!, keys!, "a", options);
              return { out: context, weights };
            },
          },
          runtime,
        ));
});
