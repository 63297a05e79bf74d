/** What the words of a line say about MPI, before any of it is parsed: the ranks come before the command. */

/** The value of --mpi, auto if it has none; null if it is not given. */
export function mpiChoice(words: readonly string[]): string | null {
  const i = words.findLastIndex(word => /^--mpi(=|$)/.test(word));
  if (i < 0) return null;
  const value = words[i]!.slice('--mpi='.length) || (words[i] === '--mpi' ? words[i + 1] : undefined);
  return value === undefined || value.startsWith('-') ? 'auto' : value;
}
