import type { Tensor } from "../base/tensor.js";
import { leaves, nameOf, type Program, type Runtime } from "../engine/index.js";
import type { DecoderGraphs, SlotPlan } from "./decoder-graphs.js";

/** A decoder made ready to run. */
export interface ReadyDecoder {
  readonly start: Program | undefined;
  readonly step: Program;
  readonly slots: readonly SlotPlan[];
  readonly vocabularySize: number;
  /** What `start` reads beside the source. */
  readonly parameters: ReadonlyMap<string, Tensor>;
}

/**
 * Compile the graphs of a decoder. A step reads all its weights for a few rows, so that the time it takes is that of
 * reading them: they are fixed in it, for the runtime to lay them out as it reads them.
 */
export async function readyDecoder(
  runtime: Runtime,
  { start, step, slots, vocabularySize }: DecoderGraphs,
  parameters: ReadonlyMap<string, Tensor>,
): Promise<ReadyDecoder> {
  return {
    start: start === undefined ? undefined : await runtime.compile(start),
    step: await runtime.compile(step, used(step, parameters)),
    slots,
    vocabularySize,
    parameters: start === undefined ? new Map() : used(start, parameters),
  };
}

function used(
  graph: DecoderGraphs["step"],
  parameters: ReadonlyMap<string, Tensor>,
): ReadonlyMap<string, Tensor> {
  const names = leaves([...graph.values()], "parameter").map(nameOf);
  return new Map(names.map((name) => [name, parameters.get(name)!]));
}
