import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../test/shared.js";

/** Folder for what a bench makes and may make again: state, prepared data, outputs. */
export const stateFolder: string = join(repository, "bench", ".state");

/** The order in which the sides take their turn in a round: each round begins with another one. */
export function turnOrder<Side>(sides: readonly Side[], round: number): Side[] {
  const first = round % sides.length;
  return [...sides.slice(first), ...sides.slice(0, first)];
}

/** Results by side and seed, kept in a file so that a run that was cut off can be carried on. */
export class SavedResults<Result> {
  readonly path: string;
  readonly #results: Record<string, Result>;

  /** `settings` is everything that changes a result: other settings, another file. */
  constructor(name: string, settings: object, folder: string = stateFolder) {
    const digest = createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 12);
    this.path = join(folder, `${name}-${digest}.json`);
    this.#results = existsSync(this.path) ? JSON.parse(readFileSync(this.path, "utf8")).results : {};
  }

  get(side: string, seed: number): Result | undefined {
    return this.#results[`${side} ${seed}`];
  }

  set(side: string, seed: number, result: Result): void {
    this.#results[`${side} ${seed}`] = result;
    this.#write();
  }

  /** Forget what a side measured, so that it is measured again. */
  forget(side: string): void {
    for (const key of Object.keys(this.#results)) if (key.startsWith(`${side} `)) delete this.#results[key];
    this.#write();
  }

  #write(): void {
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(`${this.path}.part`, `${JSON.stringify({ results: this.#results }, null, 2)}\n`);
    renameSync(`${this.path}.part`, this.path);
  }
}

/** One result per side and seed, in turns per seed; what is saved already is not measured again. */
export async function interleave<Side extends string, Result>(
  sides: readonly Side[],
  seeds: readonly number[],
  saved: SavedResults<Result>,
  measure: (side: Side, seed: number) => Promise<Result>,
): Promise<Map<Side, Result[]>> {
  for (const [round, seed] of seeds.entries()) {
    for (const side of turnOrder(sides, round)) {
      if (saved.get(side, seed) === undefined) saved.set(side, seed, await measure(side, seed));
    }
  }
  return new Map(sides.map((side) => [side, seeds.map((seed) => saved.get(side, seed)!)]));
}
