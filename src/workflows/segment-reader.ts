import { FileError, int64, OptionError, type Tensor } from "../base/index.js";
import { leaves } from "../engine/index.js";
import { emptyMemory, modelInputs, remember } from "../models/index.js";
import { forInference } from "../nn/index.js";
import { type OpenModel, openModel } from "./open-model.js";
import type { MachineOptions, ModelOptions } from "./options-shared.js";
import { orClose, prepareUse, startLearner } from "./session.js";

/** Reads long texts segment by segment, each with what the layers read of those before. */
export interface SegmentReader {
  readonly model: OpenModel;
  /** Read the next segment of each text, all of one length: the last hidden states `[texts, length, hidden]`. */
  read(segments: readonly (readonly number[])[]): Promise<Tensor>;
  /** Forget what was read: other texts begin. */
  restart(): void;
  /** End the worker thread. */
  close(): Promise<void>;
}

/** What a segment reader is loaded with. */
export type SegmentReaderOptions = Omit<Partial<ModelOptions>, "model" | "tokenizer"> & MachineOptions;

/**
 * Load a model that remembers earlier segments (XLNet), by path or Hub name. How much it remembers is `mem_len` and
 * `reuse_len` in its config.json.
 *
 * ```ts
 * const reader = await loadSegmentReader("xlnet-base-cased");
 * for (const ids of segments) console.log((await reader.read([ids])).shape);
 * await reader.close();
 * ```
 */
export async function loadSegmentReader(
  nameOrPath: string,
  options: SegmentReaderOptions = {},
): Promise<SegmentReader> {
  const model = await openModel(nameOrPath, options);
  const { memory: settings } = model.network;
  if (settings === undefined)
    throw new FileError(
      model.configPath,
      `expected a model that remembers earlier segments, got ${model.network.description}`,
      { hint: "XLNet does" },
    );
  const inputs = { ...modelInputs("none"), carriesState: true };
  const { lastHidden, state = [] } = model.network.build("none", 0, inputs, forInference());
  const outputs = new Map([["lastHidden", lastHidden]]);
  for (const { name, output } of state) outputs.set(`read:${name}`, output);
  const parameters = leaves([...outputs.values()], "parameter");
  const learner = startLearner(options, parameters);
  await orClose(learner, [prepareUse(learner, model, "segment", outputs)]);
  let memories: ReadonlyMap<string, Tensor> = new Map();
  return {
    model,
    async read(segments) {
      const shape = checkedShape(segments, [...memories.values()][0]?.shape[0]);
      const filled = (value: number): Tensor => int64(shape, new Array(shape[0] * shape[1]).fill(value));
      const before = new Map(
        state.map(({ name, input }) => [
          name,
          memories.get(name) ?? emptyMemory(shape[0], input.shape[3] as number),
        ]),
      );
      const tokens = [
        ["ids", int64(shape, segments.flat())],
        ["mask", filled(1)],
        ["typeIds", filled(0)],
      ] as const;
      const results = await learner.forward("segment", new Map([...tokens, ...before]));
      memories = new Map(
        state.map(({ name }) => [name, remember(before.get(name)!, results.get(`read:${name}`)!, settings)]),
      );
      return results.get("lastHidden")!;
    },
    restart() {
      memories = new Map();
    },
    close: () => learner.close(),
  };
}

/** How many texts there are and how long their segments, where these are of one length and of the texts before. */
function checkedShape(
  segments: readonly (readonly number[])[],
  textCount = segments.length,
): [texts: number, length: number] {
  const length = segments[0]?.length ?? 0;
  if (length === 0 || segments.some((ids) => ids.length !== length))
    throw new OptionError("expected segments of one length, of a token or more each", {
      hint: `got ${segments.map((ids) => ids.length).join(", ") || "none"}`,
    });
  if (segments.length !== textCount)
    throw new OptionError(`expected a segment of each of ${textCount} texts, got ${segments.length}`, {
      hint: "call restart() before other texts",
    });
  return [segments.length, length];
}
