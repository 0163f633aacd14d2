import { availableParallelism } from "node:os";
import { allocate, type DType, fromBfloat16, type NumericArray } from "../../base/dtype.js";
import { OptionError } from "../../base/errors.js";
import { sizeOf, type Tensor } from "../../base/tensor.js";
import { encodeOnnx } from "../../formats/onnx/index.js";
import { dimensionValue } from "../graph/dimension.js";
import type { Value } from "../graph/graph.js";
import { toOnnx } from "../graph/onnx.js";
import { nameOf } from "../graph/value.js";
import { inOrder, leaves } from "../graph/walk.js";
import { cast } from "../ops/casting.js";
import { scanOp } from "../ops/scan.js";
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
    async compile(asked, fixed = new Map()) {
      if (precision === "bf16") refuseLoops(asked);
      const outputs = precision === "bf16" ? withCoarseVectors(asked) : asked;
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

/** OpenVINO 2026.4 reads memory that it has freed where a loop is computed in bfloat16 and batches differ in length. */
function refuseLoops(outputs: ReadonlyMap<string, Value>): void {
  if (
    inOrder([...outputs.values()]).some((source) => source.kind === "op" && source.op === scanOp.definition)
  )
    throw new OptionError("--precision bf16: expected a model without recurrent layers and --crf, got one", {
      hint: "leave it out: openvino computes loops rightly in fp32 only",
    });
}

/**
 * The outputs with those rounded to bfloat16 that are vectors of a known size, as the gradients of biases and norms. OpenVINO
 * computes in float32 whatever lies between a float32 output and the products of matrices above it: in a backward pass,
 * where each sum over rows is an output, that is half of all that is not a product, and conversions between.
 */
function withCoarseVectors(outputs: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const isVector = ({ dtype, shape }: Value): boolean =>
    dtype === "float32" && shape.length === 1 && typeof shape[0] === "number";
  return new Map(
    [...outputs].map(([name, value]) => [name, isVector(value) ? cast(value, "bfloat16") : value]),
  );
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
  /** What is computed in bfloat16 and given in float32. */
  const coarse = new Map<string, Tensor>();
  return {
    async run(others, into = new Map()) {
      const feeds = kept.size === 0 ? others : new Map([...others, ...kept]);
      const bindings = bindSymbols(fed, feeds);
      for (const value of fed) bind(nameOf(value), feeds.get(nameOf(value))!);
      const results = new Map<string, Tensor>();
      for (const [name, { dtype, shape }] of outputs) {
        const sizes = shape.map((size) => dimensionValue(size, bindings));
        const made = (as: DType): Tensor =>
          ({ dtype: as, shape: sizes, data: allocate(as, sizeOf(sizes)) }) as Tensor;
        const isCoarse = dtype === "bfloat16";
        const result = into.get(name) ?? made(isCoarse ? "float32" : dtype);
        if (isCoarse && !coarse.has(name)) coarse.set(name, made(dtype));
        bind(name, coarse.get(name) ?? result);
        results.set(name, result);
      }
      library.infer(request);
      for (const [name, { data }] of coarse) {
        const target = results.get(name)!.data as Float32Array;
        for (let i = 0; i < target.length; i++) target[i] = fromBfloat16(data[i] as number);
      }
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
