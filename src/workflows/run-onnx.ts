import type { Tensor } from "../base/index.js";

/** An ONNX file of ours, ready to run on ONNX Runtime. */
export interface OnnxSession {
  /** What goes in, by name. */
  readonly inputNames: readonly string[];
  /** The outputs by their names. Of the feeds, those that are inputs count. */
  run(feeds: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor<"float32">>>;
  close(): Promise<void>;
}

/** Load an ONNX file of ours; whoever opens it closes it. */
export async function openOnnx(bytes: Uint8Array): Promise<OnnxSession> {
  const ort = await import("onnxruntime-node");
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ["cpu"],
    logSeverityLevel: 3,
  });
  const { inputNames } = session;
  return {
    inputNames,
    async run(feeds) {
      const given = [...feeds].flatMap(([name, { dtype, data, shape }]) =>
        inputNames.includes(name)
          ? [[name, new ort.Tensor(dtype as "int64", data as BigInt64Array, shape)] as const]
          : [],
      );
      const results = await session.run(Object.fromEntries(given));
      return new Map(
        Object.entries(results).map(([name, { dims, data }]) => [
          name,
          { dtype: "float32", shape: dims, data: data as Float32Array },
        ]),
      );
    },
    close: () => session.release(),
  };
}

/** Run an ONNX file of ours on ONNX Runtime, once: the outputs by their names. */
export async function runOnnx(
  bytes: Uint8Array,
  feeds: ReadonlyMap<string, Tensor>,
): Promise<ReadonlyMap<string, Tensor>> {
  const session = await openOnnx(bytes);
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}
