/** Words for true and false. Pure functions. */

/** Pairs of words for true and false. */
export const BOOLEANS: readonly (readonly [string, string])[] = [
  ['true', 'false'],
  ['yes', 'no'],
  ['t', 'f'],
  ['y', 'n'],
];

/**
 * 1 for true, yes, t, y; 0 for false, no, f, n; also for 1 and 0, which some files use instead; NaN for other
 * texts.
 */
export function parseBoolean(text: string): number {
  const word = text.trim().toLowerCase();
  if (word === '1' || BOOLEANS.some(([yes]) => yes === word)) return 1;
  return word === '0' || BOOLEANS.some(([, no]) => no === word) ? 0 : Number.NaN;
}
