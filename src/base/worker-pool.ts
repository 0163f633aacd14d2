import { WorkerClient } from "./worker-client.js";

/** What the threads of a pool are asked for: `serveRequests<PoolRequests<Job>, ...>` answers it. */
export interface PoolRequests<Job> {
  readonly job: Job;
}

interface Thread<Job> {
  readonly client: WorkerClient<PoolRequests<Job>>;
  jobCount: number;
}

/**
 * Threads that all do the same kind of work, each started when it is first needed. A job goes to the thread that has
 * the least to do; jobs and results are what `postMessage` can send. An idle pool does not keep a program from ending.
 */
export class WorkerPool<Job, Result> {
  readonly #module: URL;
  readonly #start: unknown;
  readonly #threadCount: number;
  readonly #threads: Thread<Job>[] = [];

  /** Each thread runs `module`, with `start` as what it begins from. */
  constructor(module: URL, start: unknown, threadCount: number) {
    this.#module = module;
    this.#start = start;
    this.#threadCount = threadCount;
  }

  /** Have a job done. */
  async run(job: Job): Promise<Result> {
    const thread = this.#leastBusy();
    thread.jobCount++;
    try {
      return await thread.client.ask("job", job);
    } finally {
      thread.jobCount--;
    }
  }

  /**
   * The results of jobs, in their order. Only a few are taken ahead, so that neither jobs nor results pile up. Where a
   * job cannot be made, the results of those before it come first.
   */
  async *map(jobs: AsyncIterable<Job> | Iterable<Job>): AsyncGenerator<Result> {
    const ahead: Promise<Result>[] = [];
    let failure: { readonly error: unknown } | undefined;
    const made = async function* (): AsyncGenerator<Job> {
      try {
        yield* jobs;
      } catch (error) {
        failure = { error };
      }
    };
    for await (const job of made()) {
      const result = this.run(job);
      result.catch(() => {}); // reaches whoever waits for it; one that nobody waits for any more is of no interest
      ahead.push(result);
      if (ahead.length > 2 * this.#threadCount) yield await ahead.shift()!;
    }
    for (const result of ahead) yield await result;
    if (failure !== undefined) throw failure.error;
  }

  /** End the threads; jobs that are not done fail. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ client }) => client.terminate()));
  }

  #leastBusy(): Thread<Job> {
    const idle = this.#threads.find(({ jobCount }) => jobCount === 0);
    if (idle !== undefined) return idle;
    if (this.#threads.length < this.#threadCount) {
      const thread = { client: new WorkerClient<PoolRequests<Job>>(this.#module, this.#start), jobCount: 0 };
      this.#threads.push(thread);
      return thread;
    }
    return this.#threads.reduce((best, thread) => (thread.jobCount < best.jobCount ? thread : best));
  }
}
