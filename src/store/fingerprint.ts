/**
 * Fingerprint of a data set: its sizes, and a hash of every encoded number and of the encoding itself. A
 * training may only be resumed on the same rows.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Dataset } from '../data/dataset.js';
import { blocksOf, makeArray, type Rows, rowBytes } from '../data/rows.js';

/** Fingerprint of one table. */
export interface Fingerprint {
  rows: number;
  features: number;
  outputs: number;
  /**
   * Hash of task, encoding and scale as JSON, followed by the bytes of x, y and the weights if any;
   * hexadecimal.
   */
  sha256: string;
}

/** Fingerprints of the training and validation rows. */
export interface DataFingerprint {
  training: Fingerprint;
  validation: Fingerprint | null;
}

export function fingerprintData(training: Dataset, validation: Dataset | null): DataFingerprint {
  return {
    training: fingerprintTable(training),
    validation: validation && fingerprintTable(validation),
  };
}

function fingerprintTable(data: Dataset): Fingerprint {
  const { rows, features, outputs, task, encoding, scale, x, y, weights } = data;
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify({ task, encoding, scale, rows, features, outputs, type: TYPES[x.type], spans: x.spans }),
  );
  hashRows(hash, x);
  hashArray(hash, y);
  if (weights) hashArray(hash, weights);
  return { rows, features, outputs, sha256: hash.digest('hex') };
}

/** Names used since the first fingerprints. */
const TYPES = { u8: 'Uint8Array', f32: 'Float32Array' };

/**
 * In blocks, because one update takes less than 2 GiB, and all rows at once would need as much memory again
 * as the arena.
 */
function hashRows(hash: Hash, rows: Rows): void {
  let block = makeArray(rows, 0);
  for (const { from, to } of blocksOf(rows.count, rowBytes(rows))) {
    const length = (to - from) * rows.width;
    if (block.length !== length) block = makeArray(rows, length);
    rows.write(block, from, to);
    hash.update(block);
  }
}

function hashArray(hash: Hash, array: Float32Array | Int32Array): void {
  for (const { from, to } of blocksOf(array.length, 4)) hash.update(array.subarray(from, to));
}

/** Describes the first difference as `expected …, got …`; null if the data is the same. */
export function describeChange(expected: DataFingerprint, got: DataFingerprint): string | null {
  return (
    compareTables('training', expected.training, got.training) ??
    compareTables('validation', expected.validation, got.validation)
  );
}

function compareTables(name: string, expected: Fingerprint | null, got: Fingerprint | null): string | null {
  const differ = (['rows', 'features', 'outputs', 'sha256'] as const).find(
    figure => expected?.[figure] !== got?.[figure],
  );
  if (differ === undefined) return null;
  if (differ !== 'sha256' || !expected || !got) {
    return `expected ${name} data of ${sizesOf(expected)}, got ${sizesOf(got)}`;
  }
  const short = ({ sha256 }: Fingerprint) => `sha256 ${sha256.slice(0, 12)}…`;
  return `expected the same ${name} values (${sizesOf(expected)}, ${short(expected)}), got others (${short(got)})`;
}

function sizesOf(table: Fingerprint | null): string {
  if (!table) return 'no rows';
  const count = (value: number, noun: string) => `${value} ${noun}${value === 1 ? '' : 's'}`;
  return [count(table.rows, 'row'), count(table.features, 'feature'), count(table.outputs, 'output')].join(
    ', ',
  );
}
