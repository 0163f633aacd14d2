/** UTF-8 bytes and characters (code points) of a part of a text. */
export function sizesOf(
  text: string,
  start = 0,
  end: number = text.length,
): [bytes: number, characters: number] {
  let [bytes, characters] = [0, 0];
  for (let i = start; i < end; i++) {
    const unit = text.charCodeAt(i);
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3; // half of a pair has two
    if (unit < 0xdc00 || unit >= 0xe000) characters++;
  }
  return [bytes, characters];
}
