import { classesOf, space } from "../unicode-classes.js";
import type { TokenSpans } from "./post-processor.js";

/**
 * Leave the white space that byte-level tokens hold out of their spans, as the `tokenizers` library does it.
 * With `prefixed` the first token's space is one that was put before the text and has no place in it.
 */
export function trimSpans({ tokens, starts, ends, from, to }: TokenSpans, prefixed: boolean): void {
  for (let i = from; i < to; i++) {
    const token = tokens[i]!;
    let leading = 0;
    while (leading < token.length && isSpace(token, leading)) leading++;
    if (leading === 0 && !isSpace(token, token.length - 1)) continue;
    let trailing = 0;
    while (trailing < token.length && isSpace(token, token.length - 1 - trailing)) trailing++;
    if (leading > 0) {
      if (prefixed && (i === from || starts[i] === 0)) leading--;
      starts[i] = Math.min(starts[i]! + leading, ends[i]!);
    }
    if (trailing === token.length) ends[i] = starts[i]!;
    else if (trailing > 0) ends[i] = Math.max(ends[i]! - trailing, starts[i]!);
  }
}

function isSpace(token: string, index: number): boolean {
  if (index < 0) return false;
  const unit = token.charCodeAt(index);
  return unit === 0x120 || (classesOf(unit) & space) !== 0; // Ġ stands for a space
}
