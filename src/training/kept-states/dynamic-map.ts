import { internal } from "../../base/errors.js";

// The dynamic data type of eight bits (Dettmers 2015, https://arxiv.org/abs/1511.04561), in the form that Dettmers et
// al. 2022 (https://arxiv.org/abs/2110.02861) keep optimizer states in: numbers of up to 1 in size, where the count of
// leading zeros is the power of ten, and the bits behind it divide that decade evenly.

/** What the 256 codes stand for, and how the code nearest to a number is found. */
export interface DynamicMap {
  /** By code, rising. */
  readonly values: Float32Array;
  /** The code of 0. */
  readonly zero: number;
  /** By the upper 16 bits of a number in single precision: the nearest code of the lowest number that has them. */
  readonly lowest: Uint8Array;
  /** By code: above this, the next code is nearer. */
  readonly bounds: Float32Array;
}

const decades = 7;

/** The map of numbers from -1 to 1, or of those from 0 to 1 twice as finely. */
export function dynamicMap(signed: boolean): DynamicMap {
  const sizes = Array.from({ length: decades }, (_, decade) => {
    const count = 2 ** (signed ? decade : decade + 1);
    const width = 0.9 / count;
    return Array.from({ length: count }, (_, i) => 10 ** (decade + 1 - decades) * (0.1 + width * (i + 0.5)));
  }).flat();
  const values = Float32Array.from([...(signed ? sizes.map((size) => -size) : []), ...sizes, 0, 1]).sort();
  const bounds = values.map((value, code) => (code === 255 ? Infinity : (value + values[code + 1]!) / 2));
  return { values, zero: values.indexOf(0), bounds, lowest: lowestCodes(bounds) };
}

/** A number's upper 16 bits leave a 128th of it open: less than lies between two codes, so that one comparison is left. */
function lowestCodes(bounds: Float32Array): Uint8Array {
  const number = new Float32Array(1);
  const bits = new Uint32Array(number.buffer);
  const nearest = (of: number): number => {
    bits[0] = of;
    let [low, high] = [0, 255];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (number[0]! > bounds[middle]!) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return Uint8Array.from({ length: 0x10000 }, (_, upper) => {
    const isNegative = upper >= 0x8000;
    const ends = [nearest(upper * 0x10000), nearest(upper * 0x10000 + 0xffff)];
    const [low, high] = isNegative ? [ends[1]!, ends[0]!] : [ends[0]!, ends[1]!];
    if (high > low + 1 && (upper & 0x7f80) < 0x7f80)
      throw internal(`the dynamic map has two bounds between numbers with the upper bits ${upper}`);
    return low;
  });
}
