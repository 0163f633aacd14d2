import type { DType, NumericArray } from "../../base/dtype.js";
import { internal, UnavailableError } from "../../base/errors.js";
import type { Tensor } from "../../base/tensor.js";
import { findOpenVino } from "./node-openvino-files.js";

// OpenVINO's C API (openvino/c/openvino.h of the Python package) by koffi: only what a runtime needs. Objects are
// opaque pointers.

/** A pointer to an object of the library. */
export type Pointer = unknown;

/** The calls that a runtime needs; each throws with the library's own message. */
export interface OpenVinoLibrary {
  readonly version: string;
  readonly path: string;
  /** How it was found: `a Python package`, `the system`, ... */
  readonly from: string;
  /** Compile an ONNX file for the CPU. */
  compile(onnx: Uint8Array, properties: Readonly<Record<string, string>>): Pointer;
  createRequest(compiled: Pointer): Pointer;
  /** A tensor over an array's own memory; the array must outlive it. */
  tensorOver(tensor: Tensor): Pointer;
  setTensor(request: Pointer, name: string, tensor: Pointer): void;
  /**
   * Blocks the thread it is called on, which should be a worker's and always the same: what is called from changing
   * threads, as an asynchronous call is, takes a third longer for a single text.
   */
  infer(request: Pointer): void;
  freeTensor(tensor: Pointer): void;
  freeRequest(request: Pointer): void;
  freeCompiled(compiled: Pointer): void;
}

/** `ov_element_type_e` by dtype. */
const elementTypes: Readonly<Record<DType, number>> = {
  bool: 1,
  bfloat16: 2,
  float16: 3,
  float32: 4,
  float64: 5,
  int8: 7,
  int32: 9,
  int64: 10,
  uint8: 16,
};

/** Open the library that is found; where none is, the error says where it was looked for. */
export async function openLibrary(): Promise<OpenVinoLibrary> {
  const { found, looked } = findOpenVino();
  if (found === undefined)
    throw new UnavailableError(`runtime openvino: no libraries found, looked in ${looked.join(", ")}`, {
      hint: "npx tsugiki runtime install openvino fetches them; TSUGIKI_OPENVINO=/path/to/libs names others",
    });
  const { default: koffi } = await import("koffi").catch(() => {
    throw new UnavailableError(
      "runtime openvino: the package koffi, which calls the library, is not installed",
      {
        hint: "npm install koffi@3.3.4",
      },
    );
  });
  let library: ReturnType<typeof koffi.load>;
  try {
    library = koffi.load(found.library);
  } catch (error) {
    throw new UnavailableError(
      `runtime openvino: ${found.library} cannot be loaded: ${(error as Error).message}`,
      {
        hint: "TSUGIKI_OPENVINO=/path/to/libs names other libraries",
      },
    );
  }
  keepLargeBlocksApart(koffi);
  const shapeType = koffi.struct({ rank: "int64", dims: "int64 *" });
  const versionType = koffi.struct({ buildNumber: "const char *", description: "const char *" });
  const call = {
    version: library.func("ov_get_openvino_version", "int", [koffi.out(koffi.pointer(versionType))]),
    lastError: library.func("const char *ov_get_last_err_msg()"),
    createCore: library.func("int ov_core_create(_Out_ void **core)"),
    readModel: library.func(
      "int ov_core_read_model_from_memory_buffer(void *core, const uint8_t *model, size_t length, void *weights, _Out_ void **result)",
    ),
    compileModel: library.func(
      "int ov_core_compile_model(void *core, void *model, const char *device, size_t count, _Out_ void **compiled, ...)",
    ),
    createRequest: library.func(
      "int ov_compiled_model_create_infer_request(void *compiled, _Out_ void **request)",
    ),
    createTensor: library.func("ov_tensor_create_from_host_ptr", "int", [
      "int",
      shapeType,
      "void *",
      koffi.out(koffi.pointer("void *")),
    ]),
    setTensor: library.func("int ov_infer_request_set_tensor(void *request, const char *name, void *tensor)"),
    infer: library.func("int ov_infer_request_infer(void *request)"),
    freeModel: library.func("void ov_model_free(void *model)"),
    freeTensor: library.func("void ov_tensor_free(void *tensor)"),
    freeRequest: library.func("void ov_infer_request_free(void *request)"),
    freeCompiled: library.func("void ov_compiled_model_free(void *compiled)"),
  };
  const check = (status: number, what: string): void => {
    if (status !== 0) throw internal(`openvino, ${what}: ${call.lastError()} (status ${status})`);
  };
  /** Call a function whose last argument receives a pointer. */
  const made = (what: string, run: (out: [Pointer]) => number): Pointer => {
    const out: [Pointer] = [null];
    check(run(out), what);
    return out[0];
  };
  const version: { buildNumber?: string } = {};
  check(call.version(version), "version");
  const core = made("core", (out) => call.createCore(out));

  return {
    version: version.buildNumber?.split("-")[0] ?? "of unknown version",
    path: found.library,
    from: found.from,
    compile(onnx, properties) {
      const model = made("reading the graph", (out) => call.readModel(core, onnx, onnx.length, null, out));
      const words = Object.entries(properties).flat();
      const variadic = words.flatMap((word) => ["const char *", word]); // koffi wants each with its type
      try {
        return made("compiling the graph", (out) =>
          call.compileModel(core, model, "CPU", words.length, out, ...variadic),
        );
      } finally {
        call.freeModel(model);
      }
    },
    createRequest: (compiled) => made("request", (out) => call.createRequest(compiled, out)),
    tensorOver({ dtype, shape, data }) {
      const dims = BigInt64Array.from(shape, BigInt);
      const pointer = { rank: shape.length, dims };
      return made("tensor", (out) => call.createTensor(elementTypes[dtype], pointer, memoryOf(data), out));
    },
    setTensor: (request, name, tensor) => check(call.setTensor(request, name, tensor), `setting ${name}`),
    infer: (request) => check(call.infer(request), "running"),
    freeTensor: (tensor) => call.freeTensor(tensor),
    freeRequest: (request) => call.freeRequest(request),
    freeCompiled: (compiled) => call.freeCompiled(compiled),
  };
}

/**
 * Have the C library take each block of a megabyte or more from the system and give it back when it is freed. By itself
 * it stops doing so as blocks of up to 32 MB are freed, and where batches differ in length, what is freed then lies in
 * pieces that no larger tensor fits into: a half more memory for eight lengths.
 */
function keepLargeBlocksApart({ load }: Pick<typeof import("koffi")["default"], "load">): void {
  if (process.platform !== "linux") return;
  const mmapThreshold = -3; // M_MMAP_THRESHOLD of malloc.h
  try {
    load("libc.so.6").func("int mallopt(int parameter, int value)")(mmapThreshold, 1 << 20);
  } catch {
    // another C library than GNU's, which has nothing of the kind to be set
  }
}

/** An array whose memory stays where it is: a small one may still lie where the collector moves things. */
function memoryOf(data: NumericArray): NumericArray {
  void data.buffer; // asking for the buffer moves the numbers to memory of their own
  return data;
}
