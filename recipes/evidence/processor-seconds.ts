/** What a piece of work gives, and the seconds of processor time that this process spent on it: those of all its threads,
 *  whatever else the machine does. */
export async function withProcessorSeconds<Outcome extends object>(
  work: () => Promise<Outcome>,
): Promise<Outcome & { readonly seconds: number }> {
  const before = process.cpuUsage();
  const outcome = await work();
  const { user, system } = process.cpuUsage(before);
  return { ...outcome, seconds: Math.round((user + system) / 1e3) / 1e3 };
}
