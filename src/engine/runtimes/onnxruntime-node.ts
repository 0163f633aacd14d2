import { availableParallelism } from "node:os";
import * as ort from "onnxruntime-node";
import { bytesOf, type DType, type NumericArray } from "../../base/dtype.js";
import { internal, UnavailableError } from "../../base/errors.js";
import type { Tensor } from "../../base/tensor.js";
import { encodeOnnx, quantizeOnnx } from "../../formats/onnx/index.js";
import type { Value } from "../graph/graph.js";
import { toOnnx } from "../graph/onnx.js";
import { nameOf } from "../graph/value.js";
import { leaves } from "../graph/walk.js";
import { bindSymbols } from "./bindings.js";
import { withNumbers } from "./fixed-parameters.js";
import { wasmLoops } from "./flat-loops.js";
import { withFusedGelu } from "./fused-gelu.js";
import type { Program, Runtime } from "./runtime.js";

/** Where ONNX Runtime computes; all but `cpu` need a build of onnxruntime-node that has them. */
export const devices = ["cpu", "cuda", "webgpu", "coreml", "dml"] as const;
export type Device = (typeof devices)[number];

export interface OnnxRuntimeOptions {
  /** Default `cpu`. */
  readonly device?: Device;
  /** Threads of one op; default: one a core. */
  readonly threads?: number;
  /** With `int8`, fixed matrices are 8-bit integers, and so is what is multiplied with them. Default `fp32`. */
  readonly precision?: "fp32" | "int8" | undefined;
}

/** ONNX Runtime in Node. `run` blocks the thread it is called on (onnxruntime#19611): use it in a worker. */
export function onnxRuntime(options: OnnxRuntimeOptions = {}): Runtime {
  const { device = "cpu", threads = availableParallelism(), precision = "fp32" } = options;
  const version = ort.env.versions.node ?? ort.env.versions.common;
  requireDevice(device, version);
  const sessionOptions: ort.InferenceSession.SessionOptions = {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    // A pattern is one more block for each set of sizes, kept beside what the first run with them took: for a step of
    // BERT-base a gigabyte, and more with every length of a batch.
    enableMemPattern: false,
    logSeverityLevel: 3,
  };
  return {
    name: "onnxruntime",
    description: `onnxruntime ${version} (${device},${precision === "int8" ? " int8," : ""} ${threads} ${threads === 1 ? "thread" : "threads"})`,
    flatLoops: (byteCount) => wasmLoops(byteCount), // of shared memory it takes no array before Node 22
    async compile(outputs, fixed = new Map()) {
      const names = new Set(fixed.keys());
      const target = { contributedOps: true, outerValues: true, fixed: names };
      // a product of integers adds its bias as it makes floats of them: GELU need not
      const plain = withFusedGelu(toOnnx(outputs, target), { bias: precision === "fp32" });
      const model = precision === "int8" ? quantizeOnnx(withNumbers(plain, fixed)).model : plain;
      const bytes = encodeOnnx(model);
      const externalData = (model.graph.external ?? []).map(({ name }) => ({
        path: name,
        data: bytesOf(fixed.get(name)!.data),
      }));
      const session = await ort.InferenceSession.create(bytes, { ...sessionOptions, externalData });
      return sessionProgram(outputs, session, names);
    },
  };
}

function sessionProgram(
  outputs: ReadonlyMap<string, Value>,
  session: ort.InferenceSession,
  fixed: ReadonlySet<string>,
): Program {
  const roots = [...outputs.values()];
  const parameters = leaves(roots, "parameter").filter((value) => !fixed.has(nameOf(value)));
  const fed = [...leaves(roots, "input"), ...parameters];
  // Parameters keep their arrays from run to run: make the runtime's view of each only once.
  const views = new WeakMap<NumericArray, ort.Tensor>();
  const view = (tensor: Tensor): ort.Tensor => {
    const known = views.get(tensor.data);
    if (known !== undefined && known.dims.join() === tensor.shape.join()) return known;
    const made = new ort.Tensor(ortType(tensor.dtype), tensor.data as Float32Array, tensor.shape);
    views.set(tensor.data, made);
    return made;
  };
  return {
    async run(feeds, into = new Map()) {
      bindSymbols(fed, feeds);
      const given: Record<string, ort.Tensor> = {};
      for (const value of fed) given[nameOf(value)] = view(feeds.get(nameOf(value))!);
      const wanted: Record<string, ort.Tensor | null> = {};
      for (const name of outputs.keys()) {
        const target = into.get(name);
        wanted[name] = target === undefined ? null : view(target);
      }
      const results = await session.run(given, wanted);
      const tensors = new Map<string, Tensor>();
      for (const [name, value] of outputs) {
        const result = results[name];
        if (result === undefined) throw internal(`the session gave no output ${name}`);
        tensors.set(
          name,
          into.get(name) ?? { dtype: value.dtype, shape: result.dims, data: result.data as Float32Array },
        );
      }
      return tensors;
    },
    close: () => session.release(),
  };
}

function requireDevice(device: Device, version: string): void {
  const supported = ort.listSupportedBackends().map((backend) => backend.name);
  if (device !== "cpu" && !supported.includes(device))
    throw new UnavailableError(
      `device ${device}: onnxruntime-node ${version} on this machine has ${supported.join(", ")}`,
      {
        hint: "use --device cpu, or install a build of onnxruntime-node that has it",
      },
    );
}

function ortType(dtype: DType): ort.Tensor.Type {
  return dtype === "bfloat16" ? "uint16" : dtype;
}
