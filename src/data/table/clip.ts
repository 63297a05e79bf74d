/** Limits numbers smoothly. Pure. */

/** Beyond this x / √(1 + (x/c)²) is ±c to the last bit, while its square may overflow. */
const FAR = 1e9;

/** x / √(1 + (x / clip)²) */
export function clipSmoothly(x: number, clip: number): number {
  if (Math.abs(x) > FAR) return x > 0 ? clip : -clip;
  const part = x / clip;
  return x / Math.sqrt(1 + part * part);
}
