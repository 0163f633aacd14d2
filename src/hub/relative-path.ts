import { FileError } from "../base/index.js";

/** Device names that Windows takes for any file of that name, with or without an extension. */
const reservedName = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** What is wrong with a path that came from outside and must stay inside its folder; undefined where nothing is. */
export function relativePathProblem(path: string): string | undefined {
  if (path === "") return "is empty";
  if ([...path].some((character) => character < " ")) return "holds a control character";
  if (path.includes("\\")) return "holds a backslash";
  if (path.startsWith("/")) return "is absolute";
  if (/^[a-z]:/i.test(path)) return "begins with a drive letter";
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === "..") return `holds the part ${JSON.stringify(part)}`;
    if (reservedName.test(part)) return `holds the reserved name ${JSON.stringify(part)}`;
  }
  return undefined;
}

/** Refuse a path from outside that could leave its folder. `place` begins the message. */
export function checkRelativePath(path: string, place: string): void {
  const problem = relativePathProblem(path);
  if (problem === undefined) return;
  throw new FileError(place, `the file name ${JSON.stringify(path.slice(0, 100))} ${problem}`, {
    hint: "a file name must stay inside its folder; do not use this model unless you know where it comes from",
  });
}
