// Law: what is saved is what was loaded. For every architecture with every head it has, a checkpoint that is read and
// written again is the same file byte for byte, and names of parameters translate both ways without loss.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { float32, type JsonObject, Random, sizeOf, type Tensor } from "../../src/base/index.js";
import { leaves, nameOf, type Value } from "../../src/engine/index.js";
import { writeModelDirectory } from "../../src/hub/index.js";
import {
  type Architecture,
  architectureOf,
  architectures,
  foreignWeights,
  type Head,
  modelInputs,
} from "../../src/models/index.js";
import { forInference } from "../../src/nn/index.js";
import { loadModel } from "../../src/workflows/index.js";
import { temporaryFolder } from "../end-to-end/tiny-model.js";
import { needs, repository, sharedPath } from "../shared.js";

interface Checkpoint {
  readonly className: string;
  readonly config: JsonObject;
}

/** Configurations of tiny models: those of the golden checkpoints. */
const checkpoints = [join(repository, "test", "golden", "models"), sharedPath("golden/models")]
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder).map((name) => readCheckpoint(join(folder, name))));

function readCheckpoint(directory: string): Checkpoint {
  const read = (file: string): JsonObject => JSON.parse(readFileSync(join(directory, file), "utf8"));
  return { className: String(read("golden.json")["class"]), config: read("config.json") };
}

/** Architectures of our own, of which Python has no checkpoint. */
const ownConfigs: Readonly<Record<string, JsonObject>> = {
  transformer: {
    ...{ model_type: "transformer", vocab_size: 19, d_model: 12, encoder_layers: 2, decoder_layers: 2 },
    ...{ encoder_attention_heads: 3, decoder_attention_heads: 3, max_position_embeddings: 16 },
  },
};

/** A configuration of this very class (of a composite: each), else one of the same architecture with another head. */
function configsOf({ modelType, classNames, composed }: Architecture, className: string): JsonObject[] {
  const classes = [...classNames.values()];
  const own = checkpoints.filter(
    (checkpoint) => checkpoint.config["model_type"] === modelType && classes.includes(checkpoint.className),
  );
  if (composed !== undefined) return own.map(({ config }) => config);
  const found = own.find((checkpoint) => checkpoint.className === className) ?? own[0];
  const config = found?.config ?? ownConfigs[modelType];
  return config === undefined ? [] : [config];
}

const labels = ["one", "two", "three"];

for (const named of architectures) {
  const heads = [...named.classNames].flatMap(([head, className]) =>
    configsOf(named, className).map((config) => ({
      ...{ head, className, config: { ...config, architectures: [className] } },
    })),
  );
  if (heads.length === 0) continue;
  describe(`checkpoints of ${named.modelType}`, () => {
    for (const { head, className, config } of heads)
      test(className, async (t) => {
        const architecture = architectureOf(config, className);
        const folder = await temporaryFolder(t);
        const parameters = parametersOf(architecture, head, config);
        const names = parameters.map(nameOf);
        const foreign = names.map((name) => architecture.names.foreign(name, head));
        assert.equal(new Set(foreign).size, names.length);
        assert.deepEqual(foreign.map(architecture.names.own), names);

        const first = join(folder, "first");
        const weights = foreignWeights(architecture, head, randomWeights(parameters));
        await writeModelDirectory(first, { config, weights });
        const model = await loadModel(first, { head, labels });
        assert.deepEqual(model.newParameters, []);
        assert.deepEqual([...model.weights.keys()].sort(), names.sort());
        const second = join(folder, "second");
        await model.save(second);
        const bytes = (directory: string): Promise<Buffer> => readFile(join(directory, "model.safetensors"));
        assert.ok((await bytes(first)).equals(await bytes(second)));
        const saved: JsonObject = JSON.parse(await readFile(join(second, "config.json"), "utf8"));
        const withoutLabels = ({
          id2label: _,
          label2id: __,
          problem_type: ___,
          ...rest
        }: JsonObject): JsonObject => rest;
        assert.deepEqual(withoutLabels(saved), withoutLabels(config));
      });
  });
}

test("every architecture is here", needs("golden/models"), () => {
  const without = architectures.filter((architecture) =>
    [...architecture.classNames.values()].every((name) => configsOf(architecture, name).length === 0),
  );
  assert.deepEqual(
    without.map(({ modelType }) => modelType),
    [],
  );
});

/** All that a model is made of, whatever its loss and outputs read. */
function parametersOf(architecture: Architecture, head: Head, config: JsonObject): Value[] {
  const network = architecture.readConfig(config, "config.json");
  const { heads } = network.build(head, labels.length, modelInputs(head), forInference());
  return leaves([...heads.values()], "parameter");
}

/** Every number another, so that two parameters that change places show. */
function randomWeights(parameters: readonly Value[]): Map<string, Tensor> {
  const random = new Random(3);
  return new Map(
    parameters.map((parameter) => {
      const draws = random.fork(nameOf(parameter));
      const shape = parameter.shape as number[];
      const data = Float32Array.from({ length: sizeOf(shape) }, () => draws.normal(0, 1));
      return [nameOf(parameter), float32(shape, data)];
    }),
  );
}
