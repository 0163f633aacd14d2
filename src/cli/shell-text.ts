/** A word as a shell takes it, quoted where it must be: `areas.tsv`, `'two words'`. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line of this program: `shellLine(["predict", "--model", "my model"])`. */
export function shellLine(words: readonly string[]): string {
  return ["npx", "tsugiki", ...words].map(shellWord).join(" ");
}
