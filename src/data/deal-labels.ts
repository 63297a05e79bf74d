/**
 * Distributes rows with several labels among parts so that each label is represented in proportion, as nearly
 * as possible: iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011, "On the stratification of
 * multi-label data") for parts of exact sizes. A pure function.
 */

/** What a part still needs: rows, and for each label a share of its rows. */
interface Part {
  rows: number;
  labels: number[];
}

/** Part of a row that has not been assigned yet. */
const NONE = 2 ** 32 - 1;

/**
 * Assigns a part to each row. Labels are processed from the rarest on; each of its rows goes to the part with
 * room that needs the label most, on a tie to the one that needs most rows, then to the first.
 *
 * @param y (rows, labels) of 0 and 1
 * @param order the rows in random order
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
 * For each label, marks the rows of its rarer class (class 1 on a tie): (rows, labels) in random order, and
 * the number of these rows.
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

/** The label with the fewest remaining rows, ignoring those with none; null if there are no others. */
function rarest(left: readonly number[]): number | null {
  const fewest = Math.min(...left.filter(count => count > 0));
  return Number.isFinite(fewest) ? left.indexOf(fewest) : null;
}

/** @param k the label being distributed; null to compare rows only */
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
