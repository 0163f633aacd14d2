/** `1204` as `1,204`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en-US");
}

/** A large count in three digits at most: `5_932_032` is `5.9 M`, `110e6` is `110 M`, `950` is `950`. */
export function largeCountText(count: number): string {
  return scaled(count, 1000, ["", " k", " M", " G", " T"]);
}

/** Bytes in powers of 1000, as disks and memory are sold: `1.1 GB`. */
export function bytesText(bytes: number): string {
  return scaled(bytes, 1000, [" B", " kB", " MB", " GB", " TB"]);
}

/** A share as a percentage: `0.34` is `34 %`, `0.002` is `0.2 %`; only a true 0 and 1 read `0 %` and `100 %`. */
export function percentText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "<0.1 %";
  if (percent < 100 && percent >= 99.95) return ">99.9 %";
  const digits = (percent > 0 && percent < 10) || (percent < 100 && percent > 99) ? 1 : 0;
  return `${percent.toFixed(digits).replace(/\.0$/, "")} %`;
}

/** A loss, metric or norm with three decimals, or in scientific form where they would hide it: `0.213`, `4.0e-5`. */
export function measureText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && Math.abs(value) < 0.0005) return value.toExponential(1);
  return Math.abs(value) < 1000 ? value.toFixed(3) : value.toPrecision(4).replace("e+", "e");
}

/** A learning rate in two digits: `1.7e-5`. */
export function rateText(rate: number): string {
  return rate === 0 || (rate >= 0.01 && rate < 1000)
    ? String(Number(rate.toPrecision(2)))
    : rate.toExponential(1);
}

/** A speed in three digits and its unit: `speedText(9312.4, "tokens/s")` is `9,310 tokens/s`. */
export function speedText(perSecond: number, unit: string): string {
  return `${Number(perSecond.toPrecision(3)).toLocaleString("en-US", { maximumFractionDigits: 12 })} ${unit}`;
}

/** A running time as a clock shows it: `44` seconds is `0:44`, `3725` is `1:02:05`. */
export function clockText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const end = `${hours > 0 ? String(minutes).padStart(2, "0") : minutes}:${String(rest).padStart(2, "0")}`;
  return hours > 0 ? `${hours}:${end}` : end;
}

/** A duration in words, two units at most: `130` seconds is `2 min 10 s`, `0.25` is `0.3 s`. */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return pair(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
  const hours = Math.round(seconds / 3600);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** One decimal below 10, none above; the unit grows before the number reads 1000. */
function scaled(value: number, base: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while (Math.round(rest) >= base && unit < units.length - 1) {
    rest /= base;
    unit++;
  }
  const text = unit > 0 && rest < 9.95 ? rest.toFixed(1) : String(Math.round(rest));
  return text + units[unit]!;
}
