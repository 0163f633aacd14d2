import { type JsonObject, OptionError, type Tensor } from "../base/index.js";
import { leaves, nameOf } from "../engine/index.js";
import { type Head, modelInputs } from "../models/index.js";
import { forInference } from "../nn/index.js";
import type { Tokenizer } from "../tokenizers/index.js";
import { openArchitecture } from "./open-architecture.js";
import { networkOf, type OpenModel } from "./open-model.js";

/** What a student is to be. */
export interface StudentOptions {
  /** How many of the teacher's layers it has, evenly spread. Default: half of them. */
  readonly layerCount?: number;
  /** A preset, or a file in the form of config.json, that it is built by instead. */
  readonly architecture?: string;
  readonly dropout?: number;
}

/**
 * A model that a teacher is to teach. It begins with every second layer of the teacher (or the like), its embeddings and
 * its head, as DistilBERT does (Sanh et al. 2019, https://arxiv.org/abs/1910.01108); of another configuration with
 * whatever has the same size there, and with the seed's weights where nothing fits.
 */
export async function openStudent(
  teacher: OpenModel,
  tokenizer: Tokenizer,
  head: Head,
  { architecture, layerCount, dropout }: StudentOptions,
): Promise<OpenModel> {
  if (architecture === undefined) return inherit(withLayers(teacher, layerCount, dropout), teacher, head);
  if (layerCount !== undefined)
    throw new OptionError("--student-layers: expected to be left out where --architecture says all of it");
  const changes = { tokenizer, ...(dropout === undefined ? {} : { dropout }) };
  return inherit(await openArchitecture(architecture, { changes }), teacher, head);
}

/** The teacher's configuration with fewer layers. */
function withLayers(teacher: OpenModel, asked: number | undefined, dropout: number | undefined): OpenModel {
  const { architecture, network, configPath } = teacher;
  const most = network.layerCount;
  const layerCount = asked ?? Math.max(1, Math.floor(most / 2));
  if (layerCount > most)
    throw new OptionError(
      `--student-layers: expected at most ${most}, the layers of the teacher, got ${layerCount}`,
    );
  const fewer = { ...architecture.overrides({ layerCount }), ...keptTypes(teacher, layerCount) };
  const config = { ...teacher.config, ...fewer };
  const shorter = networkOf({ architecture, config, configPath }, dropout);
  if (shorter.network.layerCount !== layerCount)
    throw new OptionError(
      `--student-layers: expected a teacher of a family that can be cut to fewer layers, got ${architecture.modelType}`,
      { hint: "describe the student by --architecture FILE" },
    );
  return { ...teacher, config, ...shorter };
}

/** Of a config.json that says of each layer what it is: what it says of those that are kept. */
function keptTypes({ config, network }: OpenModel, layerCount: number): JsonObject {
  const types = config["layer_types"];
  if (!Array.isArray(types)) return {};
  return { layer_types: keptLayers(network.layerCount, layerCount).map((layer) => types[layer]!) };
}

/** The student with those of the teacher's weights that fit it. */
function inherit(student: OpenModel, teacher: OpenModel, head: Head): OpenModel {
  const { names } = student.architecture;
  const layers = keptLayers(teacher.network.layerCount, student.network.layerCount);
  return {
    ...student,
    ...{ name: teacher.name, commit: teacher.commit, isNew: false },
    async readWeights() {
      const built = student.network.build(head, 0, modelInputs(head), forInference());
      const shapes = new Map(
        leaves([...built.heads.values()], "parameter").map((value) => [nameOf(value), value.shape.join()]),
      );
      const weights = new Map<string, Tensor>();
      for (const [foreign, tensor] of await teacher.readWeights()) {
        const own = teacher.architecture.names.own(foreign);
        for (const name of own === undefined ? [] : inheritedNames(own, layers))
          if (shapes.get(name) === tensor.shape.join()) weights.set(names.foreign(name, head), tensor);
      }
      return weights;
    },
  };
}

/** Which layers of a teacher a student's begin with: of 12 and 6 these are 0, 2, 4, 6, 8, 10. */
export function keptLayers(teacherCount: number, studentCount: number): number[] {
  return Array.from({ length: studentCount }, (_, layer) =>
    Math.floor((layer * teacherCount) / studentCount),
  );
}

/** The names in the student of what the teacher calls `name`: those of the layers that it goes to, or the same. */
function inheritedNames(name: string, layers: readonly number[]): string[] {
  const [, before, layer, after] = /^(.*\blayers\.)(\d+)(\..*)$/.exec(name) ?? [];
  if (layer === undefined) return [name];
  return layers.flatMap((from, to) => (from === Number(layer) ? [`${before}${to}${after}`] : []));
}
