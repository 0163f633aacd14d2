export type { DownloadProgress } from "./download-request.js";
export { readSafetensorsFile, readSafetensorsHeader } from "./files-weights.js";
export { removeUnfinished, writeDirectoryAtomically, writeFileAtomically } from "./files-write.js";
export { type ModelDirectory, openModelDirectory } from "./model-directory.js";
export { type ResolvedModel, type ResolveOptions, resolveModel } from "./resolve-model.js";
export { type SavedModel, type SaveOptions, writeModelDirectory, writeModelFiles } from "./save-model.js";
