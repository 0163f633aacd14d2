import { parentPort } from "node:worker_threads";
import { internal, TsugikiError } from "./errors.js";
import type { FromWorker, PlainError, ToWorker } from "./worker-messages.js";

/** What a handler has to do with beside the request. */
export interface RequestContext {
  /** Aborted when the request is cancelled. */
  readonly signal: AbortSignal;
  /** Tell something while the request is worked on. */
  emit(event: unknown): void;
  /** Ask the other thread something. */
  ask(question: unknown): Promise<unknown>;
  /** Hand arrays of the result over instead of copying them. */
  handOver(...buffers: ArrayBuffer[]): void;
}

/** What answers each request, with what the worker has opened. */
export type RequestHandlers<Requests extends object, Parts> = {
  readonly [Name in keyof Requests]: (
    payload: Requests[Name],
    parts: Parts,
    context: RequestContext,
  ) => unknown;
};

type Request = Extract<ToWorker, { kind: "request" }>;

/**
 * Answer requests, one after the other: for the module that a worker thread is started on. Where what it needs cannot be
 * opened, each request is answered with the reason.
 */
export function serveRequests<Requests extends object, Parts>(
  opened: Promise<Parts>,
  handlers: RequestHandlers<Requests, Parts>,
): void {
  const port = parentPort;
  if (port === null) throw internal("the worker must run in a worker thread");
  opened.catch(() => {}); // told to whoever asks first
  const reply = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const controllers = new Map<number, AbortController>();
  const questions = new Map<number, (answer: unknown) => void>();
  let nextQuestion = 0;

  const contextOf = (id: number, signal: AbortSignal, transfer: ArrayBuffer[]): RequestContext => ({
    signal,
    handOver: (...buffers) => void transfer.push(...buffers),
    emit: (event) => reply({ kind: "event", id, event }),
    ask: (payload) =>
      new Promise((resolve) => {
        const question = nextQuestion++;
        questions.set(question, resolve);
        reply({ kind: "question", id, question, payload });
      }),
  });

  async function answer({ id, name, payload }: Request, signal: AbortSignal): Promise<void> {
    try {
      const parts = await opened;
      const handler = handlers[name as keyof Requests];
      const transfer: ArrayBuffer[] = [];
      const result = await handler(payload as never, parts, contextOf(id, signal, transfer));
      reply({ kind: "result", id, result }, transfer);
    } catch (error) {
      reply({ kind: "error", id, error: plainError(error) });
    }
    controllers.delete(id);
  }

  let last: Promise<void> = Promise.resolve();
  port.on("message", (message: ToWorker) => {
    if (message.kind === "cancel") controllers.get(message.id)?.abort();
    else if (message.kind === "answer") {
      questions.get(message.question)?.(message.answer);
      questions.delete(message.question);
    } else {
      const controller = new AbortController();
      controllers.set(message.id, controller);
      last = last.then(() => answer(message, controller.signal));
    }
  });
}

function plainError(error: unknown): PlainError {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { name, message, hint: error instanceof TsugikiError ? error.hint : undefined, stack };
}
