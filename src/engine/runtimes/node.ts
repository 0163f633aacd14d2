import type { Runtime } from "./runtime.js";
import type { RuntimeSpec } from "./spec.js";

export type { RuntimeSpec } from "./spec.js";

/** Runtimes that Node has, by name. Each is loaded when it is asked for. */
const runtimes: Record<NonNullable<RuntimeSpec["name"]>, (spec: RuntimeSpec) => Promise<Runtime>> = {
  onnxruntime: async (spec) => (await import("./onnxruntime-node.js")).onnxRuntime(spec),
  reference: async () => (await import("./reference.js")).referenceRuntime(),
};

/** The runtime that a specification names: `await openRuntime({ name: "onnxruntime", threads: 2 })`. */
export function openRuntime(spec: RuntimeSpec = {}): Promise<Runtime> {
  return runtimes[spec.name ?? "onnxruntime"](spec);
}
