import { availableParallelism } from "node:os";
import { allocate, type NumericArray } from "../../base/dtype.js";
import { OptionError } from "../../base/errors.js";
import { sizeOf, type Tensor } from "../../base/tensor.js";
import { encodeOnnx } from "../../formats/onnx/index.js";
import { dimensionValue } from "../graph/dimension.js";
import type { Value } from "../graph/graph.js";
import { toOnnx } from "../graph/onnx.js";
import { nameOf } from "../graph/value.js";
import { leaves } from "../graph/walk.js";
import { bindSymbols } from "./bindings.js";
import { copiesOf, withNumbers } from "./fixed-parameters.js";
import { wasmLoops } from "./flat-loops.js";
import { nodeLoopThreads } from "./node-loop-threads.js";
import { type OpenVinoLibrary, openLibrary, type Pointer } from "./node-openvino-library.js";
import type { Program, Runtime } from "./runtime.js";

/** What OpenVINO is opened with: the parts of a `RuntimeSpec` that it knows. */
export interface OpenVinoOptions {
  /** Only `cpu`. */
  readonly device?: string;
  /** What the processor computes in; weights and results are float32 either way. Default `fp32`. */
  readonly precision?: "fp32" | "bf16";
  /** Default: one a core. */
  readonly threads?: number;
}

/** Constants that an ONNX file has room for beside the graph itself; of more, copies are fed in each run. */
const constantLimit = 2 ** 31 - 2 ** 24;

/** OpenVINO in Node, through its C library. `run` blocks the thread it is called on: use it in a worker. */
export async function openVinoRuntime(options: OpenVinoOptions = {}): Promise<Runtime> {
  const { precision = "fp32", device = "cpu", threads = availableParallelism() } = options;
  if (device !== "cpu")
    throw new OptionError(`--device ${device}: expected cpu with --runtime openvino`, {
      hint: "the other devices are those of --runtime onnxruntime",
    });
  const library = await openLibrary();
  const properties = {
    // on processors that have bf16, OpenVINO would take it unasked
    INFERENCE_PRECISION_HINT: precision === "fp32" ? "f32" : "bf16",
    INFERENCE_NUM_THREADS: `${threads}`,
    NUM_STREAMS: "1",
    ENABLE_CPU_PINNING: "NO",
  };
  return {
    name: "openvino",
    description: `openvino ${library.version} (cpu, ${precision}, ${threads} ${threads === 1 ? "thread" : "threads"})`,
    flatLoops: (byteCount) =>
      wasmLoops(byteCount, threads < 2 ? undefined : (memory) => nodeLoopThreads(memory, threads - 1)),
    async compile(outputs, fixed = new Map()) {
      const target = { contributedOps: false, outerValues: false };
      const isConstant = byteCountOf(fixed) <= constantLimit;
      const model = isConstant
        ? withNumbers(toOnnx(outputs, { ...target, fixed: new Set(fixed.keys()) }), fixed)
        : toOnnx(outputs, target);
      const compiled = library.compile(encodeOnnx(model), properties);
      return isConstant
        ? requestProgram(library, outputs, compiled, new Set(fixed.keys()), new Map())
        : requestProgram(library, outputs, compiled, new Set(), copiesOf(fixed));
    },
  };
}

function requestProgram(
  library: OpenVinoLibrary,
  outputs: ReadonlyMap<string, Value>,
  compiled: Pointer,
  constants: ReadonlySet<string>,
  kept: ReadonlyMap<string, Tensor>,
): Program {
  const request = library.createRequest(compiled);
  const roots = [...outputs.values()];
  const parameters = leaves(roots, "parameter").filter((value) => !constants.has(nameOf(value)));
  const fed = [...leaves(roots, "input"), ...parameters];
  // Parameters keep their arrays from run to run: what is bound already is not bound again.
  const bound = new Map<string, { data: NumericArray; shape: string; tensor: Pointer }>();
  const bind = (name: string, tensor: Tensor): void => {
    const shape = tensor.shape.join();
    const before = bound.get(name);
    if (before !== undefined && before.data === tensor.data && before.shape === shape) return;
    const made = library.tensorOver(tensor);
    library.setTensor(request, name, made);
    if (before !== undefined) library.freeTensor(before.tensor);
    bound.set(name, { data: tensor.data, shape, tensor: made });
  };
  return {
    async run(others, into = new Map()) {
      const feeds = kept.size === 0 ? others : new Map([...others, ...kept]);
      const bindings = bindSymbols(fed, feeds);
      for (const value of fed) bind(nameOf(value), feeds.get(nameOf(value))!);
      const results = new Map<string, Tensor>();
      for (const [name, { dtype, shape }] of outputs) {
        const sizes = shape.map((size) => dimensionValue(size, bindings));
        const made = (): Tensor => ({ dtype, shape: sizes, data: allocate(dtype, sizeOf(sizes)) }) as Tensor;
        const result = into.get(name) ?? made();
        bind(name, result);
        results.set(name, result);
      }
      library.infer(request);
      return results;
    },
    async close() {
      library.freeRequest(request);
      for (const { tensor } of bound.values()) library.freeTensor(tensor);
      library.freeCompiled(compiled);
    },
  };
}

function byteCountOf(tensors: ReadonlyMap<string, Tensor>): number {
  return [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
}
