// A thread of loops: deals with what it is told, one message after the other, and sleeps between.
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { done, type LoopMessage, type LoopThreadStart, sent } from "./node-loop-threads.js";
import { overMemory } from "./wasm-module.js";

const { memory, port, counts } = workerData as LoopThreadStart;
const loops: ((...given: number[]) => void)[] = [];
for (let dealtWith = 0; ; ) {
  const received = receiveMessageOnPort(port) as { message: LoopMessage } | undefined;
  if (received === undefined) {
    Atomics.wait(counts, sent, dealtWith);
    continue;
  }
  const { message } = received;
  if ("module" in message) loops.push(overMemory(message.module, memory));
  else for (const given of message.calls) loops[message.loop]!(...given);
  dealtWith++;
  Atomics.store(counts, done, dealtWith);
  Atomics.notify(counts, done);
}
