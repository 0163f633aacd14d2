// What two threads say to each other. Requests are answered one after the other; while one is worked on, its thread
// can tell events and ask back, and it can be cancelled.

/** From the thread that asks. */
export type ToWorker =
  | { readonly kind: "request"; readonly id: number; readonly name: string; readonly payload: unknown }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "answer"; readonly id: number; readonly question: number; readonly answer: unknown };

/** From the worker, about a request. */
export type FromWorker =
  | { readonly kind: "result"; readonly id: number; readonly result: unknown }
  | { readonly kind: "error"; readonly id: number; readonly error: PlainError }
  | { readonly kind: "event"; readonly id: number; readonly event: unknown }
  | { readonly kind: "question"; readonly id: number; readonly question: number; readonly payload: unknown };

/** An error on its way between threads. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}
