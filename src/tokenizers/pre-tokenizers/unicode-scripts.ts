import { unitsOf } from "../unicode-classes.js";
import type { PreTokenizer } from "./pre-tokenizer.js";
import { scriptTable } from "./script-table.js";

let scripts: Uint8Array | undefined;

/**
 * Cut where the script changes; kana and Han characters are one script. White space goes with what stands
 * before it, and is dropped where nothing does.
 */
export function unicodeScripts(): PreTokenizer {
  return {
    split({ source, bounds }) {
      scripts ??= unpack();
      const { text } = source;
      const cut: number[] = [];
      for (let k = 0; k < bounds.length; k += 2) {
        const end = bounds[k + 1]!;
        let pieceStart = -1;
        let pieceScript = 0;
        for (let i = bounds[k]!; i < end; ) {
          const codePoint = text.codePointAt(i)!;
          const script = scripts[codePoint]!;
          if (script !== 0 && script !== pieceScript) {
            if (pieceStart >= 0) cut.push(pieceStart, i);
            pieceStart = i;
            pieceScript = script;
          }
          i += unitsOf(codePoint);
        }
        if (pieceStart >= 0) cut.push(pieceStart, end);
      }
      return { source, bounds: cut };
    },
    toJson: () => ({ type: "UnicodeScripts" }),
  };
}

/** The step from its JSON. */
export function readUnicodeScripts(): PreTokenizer {
  return unicodeScripts();
}

function unpack(): Uint8Array {
  const table = new Uint8Array(0x110000);
  let at = 0;
  for (const word of scriptTable.flatMap((line) => line.split(" "))) {
    const [count, script] = word.split(".").map((digits) => Number.parseInt(digits, 36));
    table.fill(script!, at, at + count!);
    at += count!;
  }
  return table;
}
