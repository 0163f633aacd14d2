import { join } from "node:path";
import { FileError, type Tensor } from "../base/index.js";
import { isFile } from "../hub/files-read.js";
import { isBeside } from "../models/index.js";
import { type Companion, generatorFolder } from "../tasks/pretraining/index.js";
import { type OpenModel, type OpenModelOptions, openModel } from "./open-model.js";

/**
 * The model with the generator that it has learnt beside: the one that is named, else the one in its own folder, where
 * pre-training leaves it; alone where there is none.
 */
export async function withItsGenerator(
  model: OpenModel,
  named: string | undefined,
  { revision, ...options }: OpenModelOptions,
): Promise<OpenModel> {
  const place = named ?? join(model.directory, generatorFolder);
  if (named === undefined && !(await isFile(join(place, "config.json")))) return model;
  const companion = await openModel(place, options); // the revision is the model's
  const { modelType } = model.architecture;
  if (companion.architecture.modelType !== modelType)
    throw new FileError(
      companion.configPath,
      `model_type: expected ${modelType}, as the model that learns from this generator, got ${companion.architecture.modelType}`,
    );
  return { ...model, companion };
}

/** The model with the weights of its companion under the names that they have beside it; what both read is the model's. */
export function withWeightsOfBoth(model: OpenModel, { besideName }: Companion): OpenModel {
  const { companion } = model;
  if (companion === undefined) return model;
  return {
    ...model,
    async readWeights() {
      const weights: Map<string, Tensor> = await model.readWeights();
      for (const [foreign, tensor] of await companion.readWeights()) {
        const own = companion.architecture.names.own(foreign);
        const name = own === undefined ? undefined : besideName(own);
        if (name !== undefined && isBeside(name)) weights.set(name, tensor);
      }
      return weights;
    },
  };
}
