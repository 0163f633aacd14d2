// Stands in a page for the functions of `node:fs` that tests read shared files with; paths are the server's.

interface Request {
  readonly status: number;
  readonly responseText: string;
  open(method: string, url: string, asynchronous: false): void;
  overrideMimeType(type: string): void;
  send(): void;
}
declare const XMLHttpRequest: new () => Request;

/** Whether the server has a file, or a folder, of that path. */
export function existsSync(path: string): boolean {
  return request("HEAD", path).status === 200;
}

/** The bytes of a file, or its text. */
export function readFileSync(path: string, encoding?: "utf8"): Uint8Array | string {
  const { status, responseText } = request("GET", path);
  if (status !== 200) throw new Error(`${path}: status ${status}`);
  // each unit holds a byte, see below
  const bytes = Uint8Array.from({ length: responseText.length }, (_, i) => responseText.charCodeAt(i) & 0xff);
  return encoding === undefined ? bytes : new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
}

/** A request that waits: in a page its answer can only be text, so bytes come as units U+F700 ... U+F7FF and ASCII. */
function request(method: string, path: string): Request {
  const one = new XMLHttpRequest();
  one.open(method, path, false);
  one.overrideMimeType("text/plain; charset=x-user-defined");
  one.send();
  return one;
}
