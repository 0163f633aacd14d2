import picocolors from "picocolors";

/** The colour functions of picocolors; where colours are off they return their text unchanged. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colour functions that are on or off. */
export function colors(enabled: boolean): Colors {
  return picocolors.createColors(enabled);
}

/** Whether to colour what goes to a stream: on a terminal, unless NO_COLOR or a dumb terminal asks for none. */
export function wantsColor(
  stream: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (environment["NO_COLOR"]) return false;
  if (environment["FORCE_COLOR"]) return environment["FORCE_COLOR"] !== "0";
  return stream.isTTY === true && environment["TERM"] !== "dumb";
}
