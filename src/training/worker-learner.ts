import { Worker } from "node:worker_threads";
import * as errors from "../base/errors.js";
import type { Tensor } from "../base/index.js";
import { toPlainGraph, type Value } from "../engine/index.js";
import type { Feeds, StepRequest, StepResult, TrainingSetup } from "./learner.js";
import type { PlainError, Reply, Request, Requests, WorkerStart } from "./worker-messages.js";

/**
 * A learner in a worker thread: the same work, asked for with promises, while this thread stays free for progress,
 * signals and servers. Arrays that come back are copies.
 */
export class WorkerLearner {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #nextId = 0;
  #failure: Error | undefined;

  constructor(start: WorkerStart) {
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: start });
    this.#worker.on("message", (reply: Reply) => this.#settle(reply));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", (code) =>
      this.#fail(errors.internal(`the worker thread ended with code ${code}`)),
    );
    this.#worker.unref();
  }

  /** What computes: `onnxruntime 1.30.0 (cpu, 2 threads)`. Rejects where the runtime is not to be had. */
  describe(): Promise<string> {
    return this.#ask("describe", undefined);
  }

  setParameters(values: ReadonlyMap<string, Tensor>): Promise<void> {
    return this.#ask("setParameters", values);
  }

  /** The same, but the arrays are handed over, not copied: the caller cannot read them any more. */
  takeParameters(values: ReadonlyMap<string, Tensor>): Promise<void> {
    const buffers = new Set([...values.values()].map(({ data }) => data.buffer as ArrayBuffer));
    return this.#ask("setParameters", values, [...buffers]);
  }

  prepareForward(key: string, outputs: ReadonlyMap<string, Value>): Promise<void> {
    return this.#ask("prepareForward", { key, graph: toPlainGraph(outputs) });
  }

  forward(key: string, feeds: Feeds): Promise<ReadonlyMap<string, Tensor>> {
    return this.#ask("forward", { key, feeds });
  }

  prepareTraining({ gradients, plan, update }: TrainingSetup): Promise<void> {
    const graphs = new Map([...update.graphs].map(([key, graph]) => [key, toPlainGraph(graph)]));
    return this.#ask("prepareTraining", {
      gradients: toPlainGraph(gradients),
      plan,
      update: { ...update, graphs },
    });
  }

  step(request: StepRequest): Promise<StepResult> {
    return this.#ask("step", request);
  }

  /** Loss of a batch; its gradient can then be read from `gradients`. */
  differentiate(feeds: Feeds): Promise<number> {
    return this.#ask("differentiate", feeds);
  }

  parameters(): Promise<ReadonlyMap<string, Tensor<"float32">>> {
    return this.#ask("parameters", undefined);
  }

  gradients(): Promise<ReadonlyMap<string, Tensor<"float32">>> {
    return this.#ask("gradients", undefined);
  }

  optimizerState(): Promise<ReadonlyMap<string, Tensor<"float32">>> {
    return this.#ask("optimizerState", undefined);
  }

  setOptimizerState(values: ReadonlyMap<string, Tensor>): Promise<void> {
    return this.#ask("setOptimizerState", values);
  }

  /** Write arrays to a safetensors file straight from the worker, under other names where `names` gives them. */
  write(
    what: "parameters" | "optimizerState",
    path: string,
    names?: ReadonlyMap<string, string>,
  ): Promise<void> {
    return this.#ask("write", { what, path, names });
  }

  async close(): Promise<void> {
    await this.#ask("close", undefined);
    this.#failure = errors.internal("the learner was closed");
    await this.#worker.terminate();
  }

  #ask<Name extends keyof Requests>(
    name: Name,
    payload: Requests[Name],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<never> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const request: Request<Name> = { id: this.#nextId++, name, payload };
    this.#worker.ref(); // the process stays while an answer is awaited
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject });
      this.#worker.postMessage(request, transfer);
    });
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ("error" in reply) waiting?.reject(revive(reply.error));
    else waiting?.resolve(reply.result as never);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}

/** The error of the other thread, with its name; one of ours keeps its hint and shows no stack. */
function revive({ name, message, hint, stack }: PlainError): Error {
  const ours = name in errors;
  const error = ours
    ? new errors.TsugikiError(message, hint === undefined ? {} : { hint })
    : new Error(message);
  error.name = name;
  if (!ours && stack !== undefined) error.stack = stack;
  return error;
}
