/**
 * The column that was probably meant: the one with the fewest letters to insert, drop or replace. Owns
 * nothing; runs where the data is loaded.
 */

/** The nearest of the names, or undefined where none is near: more than a third of the letters are wrong. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const reach = Math.max(1, Math.floor(typed.length / 3));
  const ranked = names
    .map(name => ({ name, edits: countEdits(typed.toLowerCase(), name.toLowerCase()) }))
    .filter(({ edits }) => edits <= reach)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.name;
}

/** The Levenshtein distance, row after row of its table. */
function countEdits(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replace, above[j]! + 1, row[j - 1]! + 1));
    }
    above = row;
  }
  return above[b.length]!;
}
