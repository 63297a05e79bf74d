/**
 * Rows with several labels each, dealt out to parts so that each label has its rows in them in proportion, as near as
 * can be: iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011, "On the stratification of multi-label data"),
 * in parts of exact sizes. A pure function.
 */

/** What a part still lacks: rows, and of each label a share of the rows that have it. */
interface Part {
  rows: number;
  labels: number[];
}

/**
 * The part of each row. The label that the fewest rows have is dealt out first; each of its rows goes to the part, of
 * those that have room, that lacks most of the label, of equal ones most rows, of equal ones to the first.
 *
 * @param y (rows, labels) of 0 and 1
 * @param order the rows as they are drawn
 * @param sizes of the parts; their sum is the number of rows
 */
export function dealLabels(y: ArrayLike<number>, order: Uint32Array, sizes: readonly number[]): Uint32Array {
  const rows = order.length;
  const labels = y.length / rows;
  const { rarer, left } = countRarer(y, labels, rows);
  const has = (row: number, k: number) => y[row * labels + k] === rarer[k];
  const parts = sizes.map(size => ({ rows: size, labels: left.map(count => (count * size) / rows) }));
  const dealt = new Int32Array(rows).fill(-1);
  const deal = (row: number, k: number | null) => {
    const i = neediest(parts, k);
    dealt[row] = i;
    parts[i]!.rows--;
    for (let k = 0; k < labels; k++) {
      if (!has(row, k)) continue;
      parts[i]!.labels[k]!--;
      left[k]!--;
    }
  };
  for (let k = rarest(left); k >= 0; k = rarest(left)) {
    for (const row of order) if (dealt[row] === -1 && has(row, k)) deal(row, k);
  }
  for (const row of order) if (dealt[row] === -1) deal(row, null);
  return Uint32Array.from(dealt);
}

/** Of each label the class that fewer rows have, 1 where both have as many, and how many. */
function countRarer(y: ArrayLike<number>, labels: number, rows: number) {
  const ones = new Array<number>(labels).fill(0);
  for (let i = 0; i < y.length; i++) ones[i % labels]! += y[i]!;
  return {
    rarer: ones.map(count => (2 * count <= rows ? 1 : 0)),
    left: ones.map(count => Math.min(count, rows - count)),
  };
}

/** The label that the fewest rows have of those that any has; −1 where none has. */
function rarest(left: readonly number[]): number {
  let found = -1;
  for (const [k, count] of left.entries()) {
    if (count > 0 && (found < 0 || count < left[found]!)) found = k;
  }
  return found;
}

/** @param k the label that is dealt out; null: rows alone count */
function neediest(parts: readonly Part[], k: number | null): number {
  const lack = ({ labels }: Part) => (k === null ? 0 : labels[k]!);
  let found = -1;
  for (const [i, part] of parts.entries()) {
    if (part.rows === 0) continue;
    const best = parts[found];
    const more = best && (lack(part) - lack(best) || part.rows - best.rows);
    if (more === undefined || more > 0) found = i;
  }
  return found;
}
