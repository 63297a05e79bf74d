/** Hashes texts that are too many for a category into a fixed number of buckets. */
import type { Place } from './cell.js';
import { checkMissing, type TextColumn } from './column.js';
import { type CategoryFeature, MISSING_ROW, type Reading } from './feature.js';
import { hashText } from './hash-text.js';
import { mapCodes } from './mapped.js';
import { isNaValue } from './number-text.js';

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
