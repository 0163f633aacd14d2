/**
 * Guesses how many seconds of a piece of work are left, from how long the part since the first call took. The
 * first call may already have something done (a resumed run): only what follows is measured.
 */
export function remainingTime(clock: () => number): (done: number, total: number) => number | undefined {
  let first: { time: number; done: number } | undefined;
  return (done, total) => {
    const time = clock();
    first ??= { time, done };
    const doneSince = done - first.done;
    if (doneSince <= 0 || time <= first.time) return undefined;
    return ((time - first.time) / 1000 / doneSince) * Math.max(0, total - done);
  };
}
