#!/usr/bin/env node
// Stands here so that the program can be linked before it is built.
import { existsSync } from "node:fs";

const built = new URL("../dist/src/cli/main.js", import.meta.url);
if (existsSync(built)) await import(built.href);
else {
  console.error("tsugiki is not built yet: npm run build");
  process.exitCode = 2;
}
