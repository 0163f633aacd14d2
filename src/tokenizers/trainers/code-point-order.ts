/** The order of code points, as of bytes in UTF-8. Strings compare by units, in which 😀 stands before ｱ. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] === b[i]) continue;
    // a pair differs in its first half or in its second, which cannot begin a character
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)];
    const isPaired = (unit: number): boolean => (unit & 0xf800) === 0xd800;
    if (isPaired(one) !== isPaired(other)) return isPaired(one) ? 1 : -1;
    return one - other;
  }
  return a.length - b.length;
}
