import { FileError } from "../base/index.js";
import type { DownloadRequest } from "./download-request.js";

/** Say what a failed request to the Hub means for the user. */
export function hubFailure(request: DownloadRequest, error: unknown): Error {
  if (error instanceof FileError) return error;
  const { name, revision, endpoint } = request;
  const { statusCode, message } = error as Error & { statusCode?: number };
  const fail = (problem: string, hint: string): FileError =>
    new FileError(name, problem, { hint, cause: error });
  if (statusCode === undefined) {
    const hint =
      "check the network; with --offline (HF_HUB_OFFLINE=1) a model downloaded before is taken from the cache";
    return fail(`could not reach ${endpoint}: ${innermost(error)}`, hint);
  }
  if (statusCode === 404 && /\brev/i.test(message)) {
    return fail(
      `there is no revision ${revision} on ${endpoint}`,
      "name a branch, a tag or a whole commit hash",
    );
  }
  if (statusCode === 401 || statusCode === 404) {
    const near =
      request.nearPath === undefined ? "" : `did you mean the folder ${request.nearPath}? Otherwise `;
    const hint = `${near}check the spelling; a private model needs HF_TOKEN`;
    return fail(`there is no such folder, and no such model on ${endpoint} (status ${statusCode})`, hint);
  }
  if (statusCode === 403) {
    return fail(`${endpoint} does not give access`, "accept its conditions on its page, then set HF_TOKEN");
  }
  return fail(`${endpoint} answered with status ${statusCode}: ${message}`, "try again later");
}

/** The reason below `fetch failed`: a refused connection, an unknown host. */
function innermost(error: unknown): string {
  let reason = error;
  while (reason instanceof Error && reason.cause !== undefined) reason = reason.cause;
  const { message, code } = reason as { message?: string; code?: string };
  return message || code || String(reason);
}
