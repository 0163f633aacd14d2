/** The derivative of the logarithm of the gamma function, for positive numbers; by its asymptotic series. */
export function digamma(x: number): number {
  let result = 0;
  let at = x;
  for (; at < 7; at++) result -= 1 / at;
  at -= 0.5;
  const squared = 1 / (at * at);
  const fourth = squared * squared;
  return (
    result +
    Math.log(at) +
    squared / 24 -
    (7 / 960) * fourth +
    (31 / 8064) * fourth * squared -
    (127 / 30720) * fourth * fourth
  );
}
