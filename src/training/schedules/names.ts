/** The names of all schedules, as `--schedule` takes them. A list by itself, so that help need load no engine. */
export const scheduleNames = [
  "linear",
  "cosine",
  "constant",
  "cosine-with-restarts",
  "polynomial",
  "inverse-sqrt",
  "noam",
  "slanted-triangular",
  "one-cycle",
] as const;

export type ScheduleName = (typeof scheduleNames)[number];
