/**
 * Orders rows: by their keys, once a training, and in each epoch. Beside a Fisher–Yates shuffle, which needs all rows in
 * memory and can't begin in the middle.
 */
import { orderByKey } from '../src/keyed-order.js';
import { cutWindows, RowOrder } from '../src/model/row-order.js';
import { Random } from '../src/random.js';

/** Calls that a median is taken of. */
const REPEATS = 7;

/** Rows, and bytes of one: data of one window, and 4 GiB of several. */
const CASES: readonly [number, number][] = [
  [60_000, 788],
  [65_537, 788],
  [1_000_000, 100],
  [10_000_000, 100],
  [4_000_000, 1024],
];

export async function run(): Promise<void> {
  console.log('ns a row                   by key   an epoch   Fisher–Yates');
  for (const [rows, bytesPerRow] of CASES) {
    const order = new Uint32Array(new SharedArrayBuffer(4 * rows));
    const stored = orderByKey(rows, new Random(1, 'shuffle'));
    const cut = cutWindows(rows, bytesPerRow);
    let epoch = 0;
    const fill = () => {
      new RowOrder(cut, { seed: 1, epoch: ++epoch }).fill(order, 0, rows);
      for (let i = 0; i < rows; i++) order[i] = stored[order[i]!]!;
    };
    const shuffle = () => {
      for (let i = 0; i < rows; i++) order[i] = i;
      new Random(1, 'shuffle', ++epoch).shuffle(order);
    };
    fill();
    check(order);
    const seconds = [
      medianSeconds(() => orderByKey(rows, new Random(++epoch, 'shuffle'))),
      medianSeconds(fill),
      medianSeconds(shuffle),
    ];
    const [byKey, ofEpoch, shuffled] = seconds.map(time => ((time / rows) * 1e9).toFixed(1));
    const what = `${rows.toLocaleString('en')} × ${bytesPerRow} bytes`;
    console.log(what.padEnd(24), byKey!.padStart(8), ofEpoch!.padStart(10), shuffled!.padStart(14));
  }
}

/** @throws Error if a row is missing */
function check(order: Uint32Array): void {
  const seen = new Uint8Array(order.length);
  for (const row of order) seen[row] = 1;
  const missing = seen.indexOf(0);
  if (missing >= 0) throw new Error(`row ${missing} is in no place`);
}

/** tinybench's, of at least 64 calls, would take minutes. */
function medianSeconds(call: () => void): number {
  const seconds = Array.from({ length: REPEATS }, () => {
    const begun = performance.now();
    call();
    return (performance.now() - begun) / 1000;
  });
  return seconds.sort((a, b) => a - b)[Math.floor(REPEATS / 2)]!;
}
