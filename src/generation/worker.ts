// The worker thread: a decoder that writes texts on request.
import { setImmediate } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import { internal } from "../base/errors.js";
import type { Tensor } from "../base/tensor.js";
import { serveRequests } from "../base/worker-server.js";
import { openRuntime } from "../engine/runtimes/node.js";
import { receivedGraph } from "../engine/runtimes/worker-graph.js";
import type { ReadyDecoder } from "./decoder-state.js";
import { generateTexts } from "./generate-texts.js";
import type { Requests, WorkerStart } from "./worker-messages.js";
import type { StopCheck } from "./written-text.js";

const { runtime: spec } = workerData as WorkerStart;
const opened = openRuntime(spec);
let prepared: Omit<ReadyDecoder, "parameters"> | undefined;
let parameters: ReadonlyMap<string, Tensor> = new Map();

serveRequests<Requests, Awaited<typeof opened>>(opened, {
  describe: (_, runtime) => runtime.description,
  async prepare({ start, step, slots, vocabularySize }, runtime) {
    prepared = {
      start: start === undefined ? undefined : await runtime.compile(receivedGraph(start)),
      step: await runtime.compile(receivedGraph(step)),
      slots,
      vocabularySize,
    };
  },
  setParameters(values) {
    parameters = new Map([...parameters, ...values]);
  },
  async generate({ prompts, settings }, _, { signal, emit, ask }) {
    if (prepared === undefined) throw internal("no decoder was prepared");
    const stops: StopCheck = (texts) => ask(texts) as ReturnType<StopCheck>;
    const texts = generateTexts({ ...prepared, parameters }, prompts, settings, stops);
    while (!signal.aborted) {
      const { value, done } = await texts.next();
      if (done === true) return value;
      if (value.length > 0) emit(value);
      await setImmediate(); // a request to stop is heard between two steps
    }
    return undefined;
  },
  async close() {
    await prepared?.start?.close();
    await prepared?.step.close();
  },
});
