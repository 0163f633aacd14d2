import type { Tensor } from "../base/tensor.js";
import { WorkerClient } from "../base/worker-client.js";
import { toPlainGraph } from "../engine/index.js";
import type { RuntimeSpec } from "../engine/runtimes/spec.js";
import type { DecoderGraphs } from "./decoder-graphs.js";
import type { Prompts } from "./decoder-state.js";
import type { GenerationSettings } from "./settings.js";
import type { Requests } from "./worker-messages.js";
import type { WrittenText, WrittenToken } from "./written-text.js";

/** A decoder in a worker thread: this thread stays free while texts are written. */
export class WorkerGenerator {
  readonly #client: WorkerClient<Requests>;

  constructor(runtime: RuntimeSpec) {
    this.#client = new WorkerClient(new URL("./worker.js", import.meta.url), { runtime });
  }

  /** What computes: `onnxruntime 1.30.0 (cpu, 2 threads)`. Rejects where the runtime is not to be had. */
  describe(): Promise<string> {
    return this.#client.ask("describe", undefined);
  }

  /** Compile the graphs of a decoder. */
  prepare({ start, step, slots, vocabularySize }: DecoderGraphs): Promise<void> {
    return this.#client.ask("prepare", {
      start: start === undefined ? undefined : toPlainGraph(start),
      step: toPlainGraph(step),
      slots,
      vocabularySize,
    });
  }

  /** Set all parameters of the graphs. */
  setParameters(values: ReadonlyMap<string, Tensor>): Promise<void> {
    return this.#client.ask("setParameters", values);
  }

  /** The same, but the arrays are handed over, not copied: the caller cannot read them any more. */
  takeParameters(values: ReadonlyMap<string, Tensor>): Promise<void> {
    const buffers = new Set([...values.values()].map(({ data }) => data.buffer as ArrayBuffer));
    return this.#client.ask("setParameters", values, { transfer: [...buffers] });
  }

  /**
   * Write texts after prompts: gives out tokens as they are written and at the end the texts. `endsInStop` says of the
   * tokens of a text whether it ends in a stop string. Whoever stops reading stops the writing.
   */
  async *generate(
    prompts: Prompts,
    settings: GenerationSettings,
    endsInStop?: (written: readonly number[]) => boolean,
  ): AsyncGenerator<readonly WrittenToken[], readonly WrittenText[]> {
    const waiting: (readonly WrittenToken[])[] = [];
    let wake = (): void => {};
    const call = this.#client.call(
      "generate",
      { prompts, settings },
      {
        onEvent: (tokens: readonly WrittenToken[]) => {
          waiting.push(tokens);
          wake();
        },
        onQuestion: (texts: readonly (readonly number[])[]) =>
          texts.map((text) => endsInStop?.(text) ?? false),
      },
    );
    let running = true;
    const ended = call.result.finally(() => {
      running = false;
      wake();
    });
    ended.catch(() => {}); // told below
    try {
      while (running || waiting.length > 0) {
        const tokens = waiting.shift();
        if (tokens !== undefined) yield tokens;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
      return await ended;
    } finally {
      if (running) call.cancel();
    }
  }

  async close(): Promise<void> {
    await this.#client.ask("close", undefined);
    await this.#client.terminate();
  }
}
