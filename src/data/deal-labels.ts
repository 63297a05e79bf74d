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

/** The part of a row that is not dealt yet. */
const NONE = 2 ** 32 - 1;

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
  const { has, left } = takeRarer(y, order);
  const parts = sizes.map(size => ({ rows: size, labels: left.map(count => (count * size) / rows) }));
  const partOf = new Uint32Array(rows).fill(NONE);
  const deal = (i: number, part: number) => {
    const { labels: lacking } = parts[part]!;
    partOf[order[i]!] = part;
    parts[part]!.rows--;
    for (let k = 0; k < labels; k++) {
      lacking[k]! -= has[i * labels + k]!;
      left[k]! -= has[i * labels + k]!;
    }
  };
  for (let k = rarest(left); k !== null; k = rarest(left)) {
    for (let i = 0; i < rows; i++) {
      if (has[i * labels + k] === 1 && partOf[order[i]!] === NONE) deal(i, neediest(parts, k));
    }
  }
  for (let i = 0; i < rows; i++) if (partOf[order[i]!] === NONE) deal(i, neediest(parts, null));
  return partOf;
}

/**
 * (rows, labels) in the order drawn: 1 where a row is of the class of a label that fewer rows are of, class 1 where
 * both have as many; and how many rows are.
 */
function takeRarer(y: ArrayLike<number>, order: Uint32Array): { has: Uint8Array; left: number[] } {
  const rows = order.length;
  const labels = y.length / rows;
  const ones = new Array<number>(labels).fill(0);
  for (let i = 0; i < y.length; i++) ones[i % labels]! += y[i]!;
  const rarer = ones.map(count => (2 * count <= rows ? 1 : 0));
  const has = new Uint8Array(y.length);
  for (let i = 0; i < rows; i++) {
    const from = order[i]! * labels;
    for (let k = 0; k < labels; k++) has[i * labels + k] = y[from + k] === rarer[k] ? 1 : 0;
  }
  return { has, left: ones.map(count => Math.min(count, rows - count)) };
}

/** The label that the fewest rows have of those that any has; null where none has. */
function rarest(left: readonly number[]): number | null {
  const fewest = Math.min(...left.filter(count => count > 0));
  return Number.isFinite(fewest) ? left.indexOf(fewest) : null;
}

/** @param k the label that is dealt out; null: rows alone count */
function neediest(parts: readonly Part[], k: number | null): number {
  let found = -1;
  let most = { lack: 0, rows: 0 };
  for (let i = 0; i < parts.length; i++) {
    const { rows, labels } = parts[i]!;
    if (rows === 0) continue;
    const lack = k === null ? 0 : labels[k]!;
    if (found >= 0 && (lack < most.lack || (lack === most.lack && rows <= most.rows))) continue;
    found = i;
    most = { lack, rows };
  }
  return found;
}
