/** How far a download is, over all files of the model. */
export interface DownloadProgress {
  readonly file: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Where a model comes from and where it goes. */
export interface DownloadRequest {
  readonly name: string;
  readonly revision: string;
  readonly cacheDirectory: string;
  readonly endpoint: string;
  readonly accessToken: string | undefined;
  /** A folder on this machine whose path is nearly the name, for the case that it was mistyped. */
  readonly nearPath: string | undefined;
  readonly onProgress: (progress: DownloadProgress) => void;
}
