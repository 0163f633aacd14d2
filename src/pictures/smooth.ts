/** A measurement at a training step. */
export interface Point {
  readonly step: number;
  readonly value: number;
}

/** Fewer points, each the mean of its neighbours: at most `count`, in order. */
export function thin(points: readonly Point[], count: number): readonly Point[] {
  if (points.length <= count) return points;
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * points.length) / count);
    return meanPoint(points.slice(from, Math.floor(((i + 1) * points.length) / count)));
  });
}

/**
 * Each point replaced by the mean of those within `reach` on either side. Near an end fewer are taken, but as
 * many on one side as on the other, so that a falling curve does not bend there.
 */
export function smooth(points: readonly Point[], reach: number): readonly Point[] {
  return points.map((point, i) => {
    const near = Math.min(reach, i, points.length - 1 - i);
    return { step: point.step, value: meanPoint(points.slice(i - near, i + near + 1)).value };
  });
}

function meanPoint(points: readonly Point[]): Point {
  const mean = (of: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  return { step: mean((point) => point.step), value: mean((point) => point.value) };
}
