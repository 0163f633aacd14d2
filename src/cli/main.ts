#!/usr/bin/env node
import { runProgram } from "./run-program.js";

// a reader that has seen enough (`| head`) ends the program quietly
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const code = await runProgram(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  environment: process.env,
  clock: () => performance.now(),
  onInterrupt: (listener) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
  exit: (code) => process.exit(code),
});
process.exitCode = code;
// what still waits on a pipe is written first; whatever a library left open must not keep the program
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
