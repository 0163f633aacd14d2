/** Where the first stop string begins in a text; undefined where none is in it. */
export function stopPlace(text: string, stops: readonly string[]): number | undefined {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
  return places.length === 0 ? undefined : Math.min(...places);
}

/** How much of the end of a text may be the beginning of a stop string: `heldBack("a\n", ["\n\n"])` is 1. */
export function heldBack(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops)
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--)
      if (stop.startsWith(text.slice(-length))) longest = length;
  return longest;
}
