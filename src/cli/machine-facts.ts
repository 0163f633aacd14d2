import { readFile } from "node:fs/promises";
import { availableParallelism, cpus, freemem, release, totalmem } from "node:os";
import { TsugikiError } from "../base/errors.js";
import { defaultCacheDirectory, isOfflineByEnvironment } from "../hub/files-hub-cache.js";
import { version } from "../workflows/version.js";
import { bytesText } from "./terminal/index.js";

// those that decide how fast the runtime's kernels are
const telling = [
  "avx2",
  "fma",
  "avx512f",
  "avx512_vnni",
  "avx512_bf16",
  "avx_vnni",
  "amx_bf16",
  "amx_int8",
  "asimd",
  "bf16",
  "i8mm",
];

/** What there is to know of program and machine, by name. */
export async function machineFacts(): Promise<Readonly<Record<string, string>>> {
  const processors = cpus();
  return {
    tsugiki: version,
    node: process.version,
    system: `${process.platform} ${process.arch} ${release()}`,
    processor: processors[0]?.model.trim() || "unknown",
    cores: `${availableParallelism()} of ${processors.length}`,
    features: await processorFeatures(),
    memory: `${bytesText(totalmem())}, ${bytesText(freemem())} free`,
    ...(await runtimeFacts()),
    cache: defaultCacheDirectory(),
    offline: isOfflineByEnvironment() ? "yes (HF_HUB_OFFLINE)" : "no",
  };
}

async function processorFeatures(): Promise<string> {
  // only Linux says it in a file
  const text = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  const flags = /^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/);
  if (flags === undefined) return "unknown";
  return telling.filter((name) => flags.includes(name)).join(" ") || "none that matter here";
}

/** Runtimes with their versions, or why one is not there, and the devices that ONNX Runtime can use here. */
async function runtimeFacts(): Promise<{ runtimes: string; openvino: string; devices: string }> {
  const openvino = await openVinoFact();
  try {
    const { env, listSupportedBackends } = await import("onnxruntime-node");
    const devices = listSupportedBackends().map(({ name }) => name);
    return {
      runtimes: `onnxruntime ${env.versions.node ?? env.versions.common}, reference`,
      openvino,
      devices: devices.join(", "),
    };
  } catch (error) {
    return {
      runtimes: `reference (onnxruntime cannot be loaded: ${(error as Error).message})`,
      openvino,
      devices: "cpu",
    };
  }
}

async function openVinoFact(): Promise<string> {
  try {
    const { openLibrary } = await import("../engine/runtimes/node-openvino-library.js");
    const { version, path, from } = await openLibrary();
    return `${version}, ${path} (${from})`;
  } catch (error) {
    const hint = error instanceof TsugikiError && error.hint !== undefined ? `; ${error.hint}` : "";
    return `not there: ${(error as Error).message}${hint}`;
  }
}
