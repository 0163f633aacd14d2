/** Which runtime computes, as plain data: what a worker thread is told, and a run record keeps. */
export interface RuntimeSpec {
  /** Default `onnxruntime`. */
  readonly name?: "onnxruntime" | "reference";
  /** Default `cpu`. */
  readonly device?: "cpu" | "cuda" | "webgpu" | "coreml" | "dml";
  /** Default: one a core. */
  readonly threads?: number;
}
