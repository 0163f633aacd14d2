import { Worker } from "node:worker_threads";
import * as errors from "./errors.js";
import type { FromWorker, PlainError, ToWorker } from "./worker-messages.js";

/** A request on its way. */
export interface Call {
  readonly result: Promise<never>;
  /** Ask the worker to stop at the next opportunity; the result then tells how far it came. */
  cancel(): void;
}

export interface CallOptions {
  /** Arrays that are handed over, not copied. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Hears what is told while the request is worked on. */
  readonly onEvent?: (event: never) => void;
  /** Answers what the worker asks back, at once or by a promise; if it cannot, the request fails. */
  readonly onQuestion?: (question: never) => unknown;
}

type Question = Extract<FromWorker, { kind: "question" }>;

interface Waiting extends CallOptions {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** The other side of a worker thread: requests, answered with promises, while this thread stays free. */
export class WorkerClient<Requests extends object> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #failure: Error | undefined;

  /** Start a worker on a module, with plain data that it begins from. */
  constructor(module: URL, start: unknown) {
    this.#worker = new Worker(module, { workerData: start });
    this.#worker.on("message", (message: FromWorker) => this.#hear(message));
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", (code) =>
      this.#fail(errors.internal(`the worker thread ended with code ${code}`)),
    );
    this.#worker.unref();
  }

  /** Ask for something; what is sent is copied unless it is handed over. */
  ask<Name extends keyof Requests & string>(
    name: Name,
    payload: Requests[Name],
    options: CallOptions = {},
  ): Promise<never> {
    return this.call(name, payload, options).result;
  }

  /** The same, with a handle by which it can be cancelled. */
  call<Name extends keyof Requests & string>(
    name: Name,
    payload: Requests[Name],
    options: CallOptions = {},
  ): Call {
    if (this.#failure !== undefined) return { result: Promise.reject(this.#failure), cancel: () => {} };
    const id = this.#nextId++;
    this.#worker.ref(); // the process stays while an answer is awaited
    const result = new Promise<never>((resolve, reject) => {
      this.#waiting.set(id, { ...options, resolve, reject });
      this.#send({ kind: "request", id, name, payload }, options.transfer);
    });
    return { result, cancel: () => this.#send({ kind: "cancel", id }) };
  }

  /** End the thread; what is still awaited fails, and whatever is asked later. */
  async terminate(): Promise<void> {
    // at once: a result that still came would let the program end before the thread has
    this.#fail(errors.internal("the worker was closed"));
    await this.#worker.terminate();
  }

  #send(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromWorker): void {
    const { id } = message;
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    if (message.kind === "event") waiting.onEvent?.(message.event as never);
    else if (message.kind === "question") void this.#answer(message, waiting);
    else {
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#worker.unref();
      if (message.kind === "error") waiting.reject(revive(message.error));
      else waiting.resolve(message.result as never);
    }
  }

  async #answer({ id, question, payload }: Question, waiting: Waiting): Promise<void> {
    try {
      const answer = await waiting.onQuestion?.(payload as never);
      if (this.#waiting.has(id)) this.#send({ kind: "answer", id, question, answer });
    } catch (error) {
      this.#waiting.delete(id);
      waiting.reject(error as Error);
    }
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
