import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { LoopCalls, LoopThreads } from "./flat-loops.js";
import type { WasmMemory, WasmModule } from "./wasm-module.js";

/** What a thread of loops is told. */
export type LoopMessage =
  | { readonly module: WasmModule }
  | { readonly loop: number; readonly calls: LoopCalls };

/** What a thread of loops is started with. */
export interface LoopThreadStart {
  readonly memory: WasmMemory;
  readonly port: MessagePort;
  /** How many messages were sent, and how many were dealt with: at `sent` and `done`. */
  readonly counts: Int32Array;
}

/** Places in `counts`. */
export const sent = 0;
export const done = 1;

/** Threads of Node for loops over a shared memory. They sleep while nothing is asked, and do not keep the process. */
export function nodeLoopThreads(memory: WasmMemory, count: number): LoopThreads {
  const threads = Array.from({ length: count }, () => new LoopThread(memory));
  let loopCount = 0;
  return {
    count,
    add(module) {
      for (const thread of threads) thread.send({ module });
      return loopCount++;
    },
    run(loop, parts, own) {
      threads.forEach((thread, i) => {
        thread.send({ loop, calls: parts[i]! });
      });
      own();
      for (const thread of threads) thread.wait();
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

class LoopThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #counts = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));

  constructor(memory: WasmMemory) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const start: LoopThreadStart = { memory, port: port2, counts: this.#counts };
    this.#worker = new Worker(new URL("./node-loop-thread.js", import.meta.url), {
      workerData: start,
      transferList: [port2],
    });
    this.#worker.unref();
    this.#port.unref();
  }

  send(message: LoopMessage): void {
    this.#port.postMessage(message);
    Atomics.add(this.#counts, sent, 1);
    Atomics.notify(this.#counts, sent);
  }

  /** Wait until all that was sent is done. */
  wait(): void {
    const all = Atomics.load(this.#counts, sent);
    for (let count = Atomics.load(this.#counts, done); count < all; count = Atomics.load(this.#counts, done))
      Atomics.wait(this.#counts, done, count);
  }

  async close(): Promise<void> {
    this.#port.close();
    await this.#worker.terminate();
  }
}
