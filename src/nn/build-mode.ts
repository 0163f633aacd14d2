/** How a graph is being built: for training, dropout is in it and every dropout has a site of its own. */
export interface BuildMode {
  readonly training: boolean;
  /** The number of the next dropout, in the order of building. */
  nextSite(): number;
}

/** Build for evaluation and prediction: no dropout. */
export function forInference(): BuildMode {
  return buildMode(false);
}

/** Build for training: dropout as the configuration says. */
export function forTraining(): BuildMode {
  return buildMode(true);
}

function buildMode(training: boolean): BuildMode {
  let site = 0;
  return { training, nextSite: () => site++ };
}
