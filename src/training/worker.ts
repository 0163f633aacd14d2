// The worker thread: a learner that answers requests, one after the other.
import { parentPort, workerData } from "node:worker_threads";
import { internal, type Tensor, TsugikiError } from "../base/index.js";
import { allOps, fromPlainGraph, type PlainGraph, type Value } from "../engine/index.js";
import { openRuntime } from "../engine/runtimes/node.js";
import { encodeSafetensors } from "../formats/safetensors.js";
import { writeFileAtomically } from "../hub/files-write.js";
import { Learner } from "./learner.js";
import type { PlainError, Reply, Request, Requests, WorkerStart } from "./worker-messages.js";

const ops = new Map(allOps.map((op) => [op.definition.name, op.definition]));
const graph = (plain: PlainGraph): Map<string, Value> => fromPlainGraph(plain, ops);

const port = parentPort;
if (port === null) throw internal("the worker must run in a worker thread");
const start = workerData as WorkerStart;
const opened = openRuntime(start.runtime).then((runtime) => ({
  runtime,
  learner: new Learner(runtime, start.slots, start.groupCount),
}));
opened.catch(() => {}); // told to whoever asks first

type Handlers = {
  [Name in keyof Requests]: (payload: Requests[Name], parts: Awaited<typeof opened>) => unknown;
};

const handlers: Handlers = {
  describe: (_, { runtime }) => runtime.description,
  setParameters: (values, { learner }) => learner.setParameters(values),
  prepareForward: ({ key, graph: plain }, { learner }) => learner.prepareForward(key, graph(plain)),
  forward: ({ key, feeds }, { learner }) => learner.forward(key, feeds),
  prepareTraining: ({ gradients, plan, update }, { learner }) => {
    const graphs = new Map([...update.graphs].map(([key, plain]) => [key, graph(plain)]));
    return learner.prepareTraining({ gradients: graph(gradients), plan, update: { ...update, graphs } });
  },
  step: (request, { learner }) => learner.step(request),
  differentiate: (feeds, { learner }) => learner.differentiate(feeds),
  parameters: (_, { learner }) => copies(learner.parameters),
  gradients: (_, { learner }) => copies(learner.gradients),
  optimizerState: (_, { learner }) => copies(learner.optimizerState),
  setOptimizerState: (values, { learner }) => learner.setOptimizerState(values),
  async write({ what, path, names }, { learner }) {
    const tensors = new Map([...learner[what]].map(([name, tensor]) => [names?.get(name) ?? name, tensor]));
    await writeFileAtomically(path, encodeSafetensors(tensors, new Map([["format", "pt"]])));
  },
  close: (_, { learner }) => learner.close(),
};

let last: Promise<void> = Promise.resolve();
port.on("message", (request: Request) => {
  last = last.then(() => answer(request));
});

async function answer({ id, name, payload }: Request): Promise<void> {
  try {
    const handler = handlers[name] as (payload: unknown, parts: Awaited<typeof opened>) => unknown;
    reply({ id, result: await handler(payload, await opened) });
  } catch (error) {
    reply({ id, error: plainError(error) });
  }
}

function reply(message: Reply): void {
  port?.postMessage(message);
}

/** A view of an arena would be sent with the whole arena: send the parameter alone. */
function copies(views: ReadonlyMap<string, Tensor<"float32">>): Map<string, Tensor> {
  return new Map(
    [...views].map(([name, { shape, data }]) => [name, { dtype: "float32", shape, data: data.slice() }]),
  );
}

function plainError(error: unknown): PlainError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, hint: error instanceof TsugikiError ? error.hint : undefined, stack };
}
