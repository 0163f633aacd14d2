import type { Runtime } from "./runtime.js";
import type { RuntimeSpec } from "./spec.js";

export type { RuntimeSpec } from "./spec.js";

/** Runtimes that Node has, by name. Each is loaded when it is asked for. */
const runtimes: Record<
  Exclude<RuntimeSpec["name"], "auto" | undefined>,
  (spec: RuntimeSpec) => Promise<Runtime>
> = {
  onnxruntime: async ({ precision, ...spec }) =>
    (await import("./onnxruntime-node.js")).onnxRuntime({
      ...spec,
      precision: precision === "int8" ? "int8" : "fp32",
    }),
  openvino: async ({ precision, ...spec }) =>
    (await import("./node-openvino.js")).openVinoRuntime({
      ...spec,
      precision: precision === "bf16" ? "bf16" : "fp32",
    }),
  reference: async () => (await import("./reference.js")).referenceRuntime(),
};

/**
 * The runtime that a specification names: `await openRuntime({ name: "onnxruntime", threads: 2 })`. `auto` is openvino
 * where its libraries are found and a plain CPU is asked for, else onnxruntime.
 */
export async function openRuntime(spec: RuntimeSpec = {}): Promise<Runtime> {
  const { name = "onnxruntime", device = "cpu" } = spec;
  if (name !== "auto") return runtimes[name](spec);
  const { findOpenVino } = await import("./node-openvino-files.js");
  const isThere = device === "cpu" && findOpenVino().found !== undefined;
  return runtimes[isThere ? "openvino" : "onnxruntime"](spec);
}
