export * from "./number-text.js";
export * from "./run-files.js";
