/** What passed since a clock was started. */
export interface Elapsed {
  readonly seconds: number;
  /** The processor's time, of all threads of the process. */
  readonly processorSeconds: number;
}

/** Start a clock, which tells what has passed at each call. */
export function startClock(): () => Elapsed {
  const [start, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const seconds = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(used);
    return { seconds, processorSeconds: (user + system) / 1e6 };
  };
}
