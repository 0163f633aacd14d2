// The worker thread: a learner that answers requests, one after the other.
import { workerData } from "node:worker_threads";
import type { Tensor } from "../base/index.js";
import { serveRequests } from "../base/worker-server.js";
import { openRuntime } from "../engine/runtimes/node.js";
import { receivedGraph } from "../engine/runtimes/worker-graph.js";
import { encodeSafetensors } from "../formats/safetensors.js";
import { writeFileAtomically } from "../hub/files-write.js";
import { Learner } from "./learner.js";
import type { Requests, WorkerStart } from "./worker-messages.js";

const start = workerData as WorkerStart;
const opened = openRuntime(start.runtime).then((runtime) => ({
  runtime,
  learner: new Learner(runtime, start.slots, start.groupCount),
}));

serveRequests<Requests, Awaited<typeof opened>>(opened, {
  describe: (_, { runtime }) => runtime.description,
  setParameters: (values, { learner }) => learner.setParameters(values),
  prepareForward: ({ key, graph, fixed }, { learner }) =>
    learner.prepareForward(key, receivedGraph(graph), { fixed }),
  forward: ({ key, feeds }, { learner }) => learner.forward(key, feeds),
  prepareTraining: ({ gradients, plan, update }, { learner }) => {
    const graphs = new Map([...update.graphs].map(([key, graph]) => [key, receivedGraph(graph)]));
    return learner.prepareTraining({
      gradients: receivedGraph(gradients),
      plan,
      update: { ...update, graphs },
    });
  },
  step: (request, { learner }) => learner.step(request),
  differentiate: (feeds, { learner }) => learner.differentiate(feeds),
  parameters: (_, { learner }) => copies(learner.parameters),
  gradients: (_, { learner }) => copies(learner.gradients),
  optimizerState: (_, { learner }) => copies(learner.optimizerState),
  setOptimizerState: (values, { learner }) => learner.setOptimizerState(values),
  async write({ what, path, names }, { learner }) {
    const named = [...learner[what]].flatMap(([name, tensor]) => {
      const written = names === undefined ? name : names.get(name);
      return written === undefined ? [] : [[written, tensor] as const];
    });
    const tensors = new Map<string, Tensor>(named);
    await writeFileAtomically(path, encodeSafetensors(tensors, new Map([["format", "pt"]])));
  },
  close: (_, { learner }) => learner.close(),
});

/** A view of an arena would be sent with the whole arena: send the parameter alone. */
function copies(views: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map([...views].map(([name, view]) => [name, { ...view, data: view.data.slice() } as Tensor]));
}
