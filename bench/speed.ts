import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repository } from "../test/shared.js";
import { type Comparison, comparisonsOf } from "./comparisons.js";
import { type SpeedRow, speedSvg } from "./speed-svg.js";
import { type DatedRecord, readRecords } from "./tables.js";

const picture = "docs/evidence/speed.svg";

/** Draw what the records of all benches say of speed. */
export function run(): void {
  const path = join(repository, picture);
  mkdirSync(dirname(path), { recursive: true });
  const rows = Object.entries(comparisonsOf).flatMap(([bench, compare]) =>
    speedRows(readRecords(bench), compare as (record: DatedRecord) => Comparison[]),
  );
  writeFileSync(path, speedSvg("How fast Tsugiki is beside its peers", rows));
  console.log(`  ${picture}: ${rows.length} comparisons`);
}

/** A row a piece of work and peer, with all its ratios in their order; what peers have the same work stands together. */
export function speedRows<Entry extends DatedRecord>(
  records: readonly Entry[],
  compare: (record: Entry) => Comparison[],
): SpeedRow[] {
  const rows = new Map<string, { work: string; peer: string; ratios: { date: string; ratio: number }[] }>();
  for (const record of records)
    for (const { work, peer, ratio } of compare(record)) {
      const row = rows.get(`${work}\n${peer}`) ?? { work, peer, ratios: [] };
      row.ratios.push({ date: record.date, ratio });
      rows.set(`${work}\n${peer}`, row);
    }
  const works = [...new Set([...rows.values()].map(({ work }) => work))];
  return [...rows.values()].sort((a, b) => works.indexOf(a.work) - works.indexOf(b.work));
}
