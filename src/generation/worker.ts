// The worker thread: a decoder that writes texts on request.
import { setImmediate } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import { internal } from "../base/errors.js";
import type { Tensor } from "../base/tensor.js";
import { serveRequests } from "../base/worker-server.js";
import type { Runtime } from "../engine/index.js";
import { openRuntime } from "../engine/runtimes/node.js";
import { receivedGraph } from "../engine/runtimes/worker-graph.js";
import type { DecoderGraphs } from "./decoder-graphs.js";
import { generateTexts } from "./generate-texts.js";
import { type ReadyDecoder, readyDecoder } from "./ready-decoder.js";
import type { Requests, WorkerStart } from "./worker-messages.js";
import type { StopCheck } from "./written-text.js";

const { runtime: spec } = workerData as WorkerStart;
const opened = openRuntime(spec);
let plan: Requests["prepare"] | undefined;
/** All of them, until they are compiled into a decoder. */
let parameters: ReadonlyMap<string, Tensor> | undefined;
let ready: ReadyDecoder | undefined;

/** Compile the decoder once there are both graphs and parameters. */
async function compile(runtime: Runtime): Promise<void> {
  await close();
  if (plan === undefined || parameters === undefined) return;
  const { start, step, slots, vocabularySize } = plan;
  const graphs: DecoderGraphs = {
    ...(start === undefined ? {} : { start: receivedGraph(start) }),
    step: receivedGraph(step),
    slots,
    vocabularySize,
  };
  ready = await readyDecoder(runtime, graphs, parameters);
  parameters = undefined; // the runtime has its own copy of what a step reads
}

async function close(): Promise<void> {
  await ready?.start?.close();
  await ready?.step.close();
  ready = undefined;
}

serveRequests<Requests, Runtime>(opened, {
  describe: (_, runtime) => runtime.description,
  prepare(given, runtime) {
    plan = given;
    return compile(runtime);
  },
  setParameters(values, runtime) {
    parameters = values;
    return compile(runtime);
  },
  async generate({ prompts, settings }, _, { signal, emit, ask }) {
    if (ready === undefined) throw internal("expected graphs and parameters before texts");
    const stops: StopCheck = (texts) => ask(texts) as ReturnType<StopCheck>;
    const texts = generateTexts(ready, prompts, settings, stops);
    while (!signal.aborted) {
      const { value, done } = await texts.next();
      if (done === true) return value;
      if (value.length > 0) emit(value);
      await setImmediate(); // a request to stop is heard between two steps
    }
    return undefined;
  },
  close,
});
