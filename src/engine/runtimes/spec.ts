/** Which runtime computes, as plain data: what a worker thread is told, and a run record keeps. */
export interface RuntimeSpec {
  /** Default `onnxruntime`; `auto` takes the fastest that is there. */
  readonly name?: "onnxruntime" | "openvino" | "auto" | "reference";
  /** Default `cpu`. */
  readonly device?: "cpu" | "cuda" | "webgpu" | "coreml" | "dml";
  /** What is computed in: bf16 by openvino, int8 by onnxruntime, of graphs whose parameters are fixed. Default `fp32`. */
  readonly precision?: "fp32" | "bf16" | "int8";
  /** Default: one a core. */
  readonly threads?: number;
}
