/** Columns as categories: their distinct texts, or the values that a network was trained on. */
import { option } from '../../option-names.js';
import { asTexts } from './as-texts.js';
import { cellError, type Missing, oneOf, type Place } from './cell.js';
import { type Column, checkMissing, type TextColumn } from './column.js';
import { byCodeUnit, type CategoryFeature, MISSING_ROW, NO_VALUE, type Reading } from './feature.js';
import { mapCodes } from './mapped.js';
import { isMissing } from './number-text.js';

/**
 * The values of a category, and the value of each text. @throws usage if a cell is missing and that is not
 * allowed
 */
export function toCategory(
  column: TextColumn,
  missing: Missing,
  place: Place,
  reading: Reading,
): CategoryFeature {
  const { name, texts, codes } = column;
  const isNone = texts.map(text => text.trim() === '' || (reading.allowMissing && isMissing(text, reading)));
  const wanted = { ...reading, expected: 'a value' };
  const hasMissing = checkMissing(column, (_, code) => isNone[code]!, place, wanted);
  // Reserves a value for missing cells of later rows, even if no training row has any.
  const keepsEmpty = missing === 'mean' || missing === 'zero';
  const present = texts.filter((_, code) => !isNone[code]).sort(byCodeUnit);
  const values = keepsEmpty ? ['', ...present] : present;
  const places = new Map(values.map((text, i) => [text, i]));
  const none = keepsEmpty ? 0 : MISSING_ROW;
  const codeOf = Int32Array.from(texts, (text, code) => (isNone[code] ? none : places.get(text)!));
  return {
    name,
    kind: 'category',
    values,
    codes: mapCodes(codes, codeOf, none),
    hasMissing: hasMissing && !keepsEmpty,
  };
}

/**
 * A category with given values. @throws usage at the first cell with another value, unless those are ignored
 */
export function toKnownCategory(
  column: Column,
  values: string[],
  place: Place,
  reading: Reading & { unseen: 'error' | 'ignore' },
): CategoryFeature {
  const { name, texts, firstRows, codes, empty } = asTexts(column);
  const places = new Map(values.map((text, i) => [text, i]));
  const hasEmpty = places.has('');
  const none = hasEmpty ? places.get('')! : MISSING_ROW;
  const isNone = (text: string) => text.trim() === '' || isMissing(text, reading);
  const codeOf = Int32Array.from(texts, text => {
    const place = places.get(text);
    if (place !== undefined) return place;
    return isNone(text) ? none : NO_VALUE;
  });
  const mayMiss = hasEmpty || reading.allowMissing;
  const code = texts.findIndex((_, i) => {
    const to = codeOf[i]!;
    return to === NO_VALUE ? reading.unseen === 'error' : to === MISSING_ROW && !mayMiss;
  });
  const row = code < 0 ? Number.POSITIVE_INFINITY : firstRows[code]!;
  if (empty.count > 0 && !mayMiss && empty.first < row) {
    throw cellError(place, empty.first, { expected: 'a value', got: null, hint: reading.missingHint });
  }
  if (code >= 0) {
    const isUnseen = codeOf[code] === NO_VALUE;
    throw cellError(place, row, {
      expected: oneOf(
        values.filter(value => value !== ''),
        'values',
      ),
      got: texts[code]!,
      hint: isUnseen
        ? `Add ${option('unseen', 'ignore')} to take it for none of these values, or train with rows that have it.`
        : reading.missingHint,
    });
  }
  const hasMissing = !hasEmpty && (empty.count > 0 || codeOf.includes(MISSING_ROW));
  return { name, kind: 'category', values, codes: mapCodes(codes, codeOf, none), hasMissing };
}
