/** Hashes texts that are too many for a category into a fixed number of buckets. */
import type { Place } from './cell.js';
import { checkMissing, type TextColumn } from './column.js';
import { type CategoryFeature, MISSING_ROW, type Reading } from './feature.js';
import { mapCodes } from './mapped.js';
import { isNaValue } from './number-text.js';

/**
 * FNV-1a of the text's UTF-16 code units in 32 bits, followed by MurmurHash3's finalizer: the same on every
 * machine.
 */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Bucket of each cell. An empty cell gets the bucket of the empty text, or its row is left out if `drop` is
 * set. NA and other marks count as texts, in training and later.
 *
 * @throws usage at the first empty cell if that is not allowed
 */
export function toHashed(
  column: TextColumn,
  buckets: number,
  place: Place,
  { allowMissing, missingHint, writing, drop }: Reading & { drop: boolean },
): CategoryFeature {
  const { name, texts, codes } = column;
  const isNone = (text: string) => text.trim() === '' || isNaValue(text, writing);
  const hasMissing = checkMissing(column, isNone, place, { expected: 'a value', allowMissing, missingHint });
  const none = drop ? MISSING_ROW : hashText('') % buckets;
  const bucketOf = Int32Array.from(texts, text => (isNone(text) ? none : hashText(text) % buckets));
  return {
    name,
    kind: 'category',
    values: [],
    buckets,
    codes: mapCodes(codes, bucketOf, none),
    hasMissing: drop && hasMissing,
  };
}
