import type { Tensor } from "../base/index.js";
import { WorkerClient } from "../base/worker-client.js";
import { toPlainGraph, type Value } from "../engine/index.js";
import type { Feeds, StepRequest, StepResult, TrainingSetup } from "./learner.js";
import type { Requests, WorkerStart } from "./worker-messages.js";

/**
 * A learner in a worker thread: the same work, asked for with promises, while this thread stays free for progress,
 * signals and servers. Arrays that come back are copies.
 */
export class WorkerLearner {
  readonly #client: WorkerClient<Requests>;

  constructor(start: WorkerStart) {
    this.#client = new WorkerClient(new URL("./worker.js", import.meta.url), start);
  }

  /** What computes: `onnxruntime 1.30.0 (cpu, 2 threads)`. Rejects where the runtime is not to be had. */
  describe(): Promise<string> {
    return this.#client.ask("describe", undefined);
  }

  setParameters(values: ReadonlyMap<string, Tensor>): Promise<void> {
    return this.#client.ask("setParameters", values);
  }

  /** The same, but the arrays are handed over, not copied: the caller cannot read them any more. */
  takeParameters(values: ReadonlyMap<string, Tensor>): Promise<void> {
    const buffers = new Set([...values.values()].map(({ data }) => data.buffer as ArrayBuffer));
    return this.#client.ask("setParameters", values, { transfer: [...buffers] });
  }

  /** Compile a graph; with `fixed` it keeps the parameters as they are now and is faster for it. */
  prepareForward(
    key: string,
    outputs: ReadonlyMap<string, Value>,
    { fixed = false }: { readonly fixed?: boolean } = {},
  ): Promise<void> {
    return this.#client.ask("prepareForward", { key, graph: toPlainGraph(outputs), fixed });
  }

  forward(key: string, feeds: Feeds): Promise<ReadonlyMap<string, Tensor>> {
    return this.#client.ask("forward", { key, feeds });
  }

  prepareTraining({ gradients, plan, update }: TrainingSetup): Promise<void> {
    const graphs = new Map([...update.graphs].map(([key, graph]) => [key, toPlainGraph(graph)]));
    return this.#client.ask("prepareTraining", {
      gradients: toPlainGraph(gradients),
      plan,
      update: { ...update, graphs },
    });
  }

  step(request: StepRequest): Promise<StepResult> {
    return this.#client.ask("step", request);
  }

  /** Loss of a batch; its gradient can then be read from `gradients`. */
  differentiate(feeds: Feeds): Promise<number> {
    return this.#client.ask("differentiate", feeds);
  }

  parameters(): Promise<ReadonlyMap<string, Tensor<"float32">>> {
    return this.#client.ask("parameters", undefined);
  }

  gradients(): Promise<ReadonlyMap<string, Tensor<"float32">>> {
    return this.#client.ask("gradients", undefined);
  }

  optimizerState(): Promise<ReadonlyMap<string, Tensor>> {
    return this.#client.ask("optimizerState", undefined);
  }

  setOptimizerState(values: ReadonlyMap<string, Tensor>): Promise<void> {
    return this.#client.ask("setOptimizerState", values);
  }

  /** Write arrays to a safetensors file straight from the worker; with `names`, only those and as they are called there. */
  write(
    what: "parameters" | "optimizerState",
    path: string,
    names?: ReadonlyMap<string, string>,
  ): Promise<void> {
    return this.#client.ask("write", { what, path, names });
  }

  async close(): Promise<void> {
    await this.#client.ask("close", undefined);
    await this.#client.terminate();
  }
}
