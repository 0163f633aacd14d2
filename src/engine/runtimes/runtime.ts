import type { Tensor } from "../../base/tensor.js";
import type { Value } from "../graph/graph.js";
import type { FlatLoops } from "./flat-loops.js";

/** Who computes graphs. Everything above the runtimes is written against this interface. */
export interface Runtime {
  /** `reference`, `onnxruntime`, ... */
  readonly name: string;
  /** What exactly computes, for the run record: `onnxruntime 1.30.0 (cpu, 2 threads)`. */
  readonly description: string;
  /**
   * Make the part of the graph that `outputs` depend on ready to run. The parameters in `fixed` keep the numbers they
   * have now: they are copied, laid out as the runtime reads them fastest, and not fed.
   */
  compile(outputs: ReadonlyMap<string, Value>, fixed?: ReadonlyMap<string, Tensor>): Promise<Program>;
  /** Memory of `byteCount` bytes for flat arrays with fused loops over them; missing or undefined where there is none. */
  flatLoops?(byteCount: number): FlatLoops | undefined;
}

/** A graph made ready: run it as often as wanted, with other sizes each time. */
export interface Program {
  /**
   * Compute the outputs from inputs and parameters by name. Where `into` holds a tensor for an output, its array
   * is filled in place. An array may be given both as input and in `into` only in graphs made for it (optimizers).
   */
  run(
    feeds: ReadonlyMap<string, Tensor>,
    into?: ReadonlyMap<string, Tensor>,
  ): Promise<ReadonlyMap<string, Tensor>>;
  close(): Promise<void>;
}
