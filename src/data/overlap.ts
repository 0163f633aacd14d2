/** A text that occurs twice; places count from 0. */
export interface Repetition {
  readonly first: number;
  readonly again: number;
}

/** What is compared of a row: its text, and the second one of a pair. */
export function rowKey(text: string, pair?: string): string {
  return pair === undefined ? text : JSON.stringify([text, pair]);
}

/** Validation rows (`again`) that also stand in the training set (`first`), character by character. */
export function findOverlap(train: readonly string[], validation: readonly string[]): Repetition[] {
  const places = firstPlaces(train);
  return validation.flatMap((text, again) => {
    const first = places.get(text);
    return first === undefined ? [] : [{ first, again }];
  });
}

/** Rows (`again`) that repeat an earlier one (`first`) of the same set. */
export function findDuplicates(texts: readonly string[]): Repetition[] {
  const places = firstPlaces(texts);
  return texts.flatMap((text, again) => {
    const first = places.get(text)!;
    return first === again ? [] : [{ first, again }];
  });
}

function firstPlaces(texts: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  texts.forEach((text, i) => {
    if (!places.has(text)) places.set(text, i);
  });
  return places;
}
