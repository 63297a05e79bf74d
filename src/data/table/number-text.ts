/**
 * Parses numbers: in plain notation, in other common notations, and marks for missing numbers. Pure
 * functions.
 */

/** How a file writes numbers, and which texts stand for missing values. */
export interface Writing {
  /** Decimal separator. */
  decimal: '.' | ',';
  /** Texts that stand for missing values in addition to the usual ones, as given by the user. */
  naValues: readonly string[];
}

export const PLAIN: Writing = { decimal: '.', naValues: [] };

/** Compared without case and surrounding blanks. */
export const MISSING_MARKS: ReadonlySet<string> = new Set([
  '',
  'na',
  'n/a',
  'nan',
  '-nan',
  '+nan',
  'null',
  '?',
]);

/** Marks that other programs write but that may also be values. */
const LIKELY_MARKS: ReadonlySet<string> = new Set([
  ...'none|<na>|#n/a|#na|#n/a n/a|#null!|#div/0!|#value!|#ref!|#num!|nil|<null>'.split('|'),
  ...'-|--|---|–|—|.|..|...|n.a.|n.a|\\n|missing|unknown|undefined|nat'.split('|'),
]);

/** Whether a text stands for a missing value. */
export function isMissingText(text: string, writing = PLAIN): boolean {
  return MISSING_MARKS.has(text.trim().toLowerCase()) || isNaValue(text, writing);
}

/**
 * Whether the user declared a text a missing value; -999.0 equals -999, and with a decimal comma so does
 * -999,0.
 */
export function isNaValue(text: string, writing: Writing): boolean {
  const { naValues, decimal } = writing;
  if (naValues.length === 0) return false;
  const trimmed = text.trim();
  if (naValues.includes(trimmed) || naValues.includes(text)) return true;
  return naNumbers(writing).has(parseNumber(trimmed, decimal));
}

/** Numbers that the user declared missing values; they may always be given with a decimal point. */
export function naNumbers({ naValues, decimal }: Writing): ReadonlySet<number> {
  const numbers = naValues.flatMap(text => [parseNumber(text), parseNumber(text, decimal)]);
  return new Set(numbers.filter(value => !Number.isNaN(value)));
}

/** Whether a text among numbers probably stands for a missing one, although it was not declared. */
export function isLikelyMark(text: string): boolean {
  return LIKELY_MARKS.has(text.trim().toLowerCase());
}

const POINT = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const COMMA = /^[+-]?(\d+(,\d*)?|,\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(inity)?$/i;

/** The number that a text represents in plain notation, or NaN. */
export function parseNumber(text: string, decimal: Writing['decimal'] = '.'): number {
  const trimmed = text.trim();
  if (decimal === ',' && COMMA.test(trimmed)) return Number(trimmed.replace(',', '.'));
  if (decimal === '.' && POINT.test(trimmed)) return Number(trimmed);
  const infinite = INFINITE.exec(trimmed);
  if (infinite === null) return Number.NaN;
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** A number in another notation, and its peculiarities. */
export interface Written {
  value: number;
  way: string;
}

const CURRENCY = /^(?:\p{Sc}|[A-Z]{3}(?=[\s\d.,+-]))|(?:\p{Sc}|\b[A-Z]{3})$/gu;
const GROUPS = {
  '.': /^\d{1,3}(?:([,\s'’_])\d{3})(?:\1\d{3})*(?:\.\d*)?$/,
  ',': /^\d{1,3}(?:([.\s'’_])\d{3})(?:\1\d{3})*(?:,\d*)?$/,
} as const;

/**
 * The number that a text represents in another notation: with thousands separators, a percent sign, a
 * currency, a typographic minus, parentheses for negative numbers, or the other decimal separator. null if
 * there is none. The value of a percentage is the number before its sign.
 */
export function parseWritten(text: string, decimal: Writing['decimal'] = '.'): Written | null {
  const ways: string[] = [];
  let rest = text.trim();
  // Blanks are trimmed after it: a pattern that begins with them would look for them from each blank anew.
  const strip = (pattern: RegExp, replacement: string, way: string) => {
    const stripped = rest.replace(pattern, replacement);
    if (stripped !== rest) ways.push(way);
    rest = stripped.trim();
  };
  strip(/^\((.*)\)$/, '-$1', 'parentheses');
  strip(/[\u2212\u2013\uff0d]/u, '-', 'a typographic minus sign');
  strip(/[%‰]$/, '', 'a percent sign');
  const [, sign = '', unsigned = rest] = /^([+-]?)\s*(.*)$/s.exec(rest) ?? [];
  rest = unsigned;
  strip(CURRENCY, '', 'a currency');
  const [, inner = '', digits = rest] = /^([+-]?)\s*(.*)$/s.exec(rest) ?? [];
  if (sign !== '' && inner !== '') return null;
  rest = digits;
  if (GROUPS[decimal].test(rest)) {
    strip(decimal === '.' ? /[,\s'’_]/g : /[.\s'’_]/g, '', 'thousands separators');
  }
  const value = parseNumber(rest, decimal);
  if (Number.isFinite(value))
    return { value: (sign || inner) === '-' ? -value : value, way: ways.join(' and ') };
  return null;
}

const UNIT = /^(.*\d[.,]?)\s*([\p{L}°µ]+(?:[²³]|\/\p{L}+)?)$/su;

/** Letters for thousands and more are not units. */
const MULTIPLES = /^(k|m|g|t|b|bn|mn|mio|mrd|mill?|bill?|thousand|million|billion)\.?$/i;

/** A number with a unit, such as 594.6 kg; null if it is none. */
export function parseUnit(
  text: string,
  decimal: Writing['decimal'] = '.',
): { value: number; unit: string } | null {
  const [, digits = '', unit = ''] = UNIT.exec(text.trim()) ?? [];
  if (unit === '' || (MULTIPLES.test(unit) && unit !== 'm' && unit !== 'g')) return null;
  const value = parseNumber(digits, decimal);
  const number = Number.isFinite(value) ? value : (parseWritten(digits, decimal)?.value ?? Number.NaN);
  return Number.isFinite(number) ? { value: number, unit } : null;
}

/** Whether a text is a number with the other decimal separator, with or without groups of digits. */
export function hasOtherDecimal(text: string, decimal: Writing['decimal']): boolean {
  const other = decimal === '.' ? ',' : '.';
  const trimmed = text.trim();
  if (!trimmed.includes(other) || !Number.isNaN(parseNumber(trimmed, decimal))) return false;
  return !Number.isNaN(parseNumber(trimmed, other)) || parseWritten(trimmed, other) !== null;
}

/** The percent sign, currency or unit of a number; empty if there is none. */
export function unitOf(text: string): string {
  const [sign = ''] = /[%‰]|\p{Sc}|\b[A-Z]{3}\b/u.exec(text) ?? [];
  return sign || (parseUnit(text)?.unit ?? '');
}

/** The number that a text represents in any notation; NaN if there is none. */
export function parseAny(text: string, decimal: Writing['decimal']): number {
  const plain = parseNumber(text, decimal);
  if (!Number.isNaN(plain)) return plain;
  return (parseWritten(text, decimal) ?? parseUnit(text, decimal))?.value ?? Number.NaN;
}

/** Powers of ten that are exact in float64. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/**
 * Integers with up to this many digits are exact, and their quotient by such a power is rounded only once.
 */
const EXACT_DIGITS = 15;

/**
 * The number that ASCII bytes represent in plain notation; NaN if there is none, or if it is left to
 * parseNumber because it is longer or has an exponent or blanks. With at most 15 digits m, k of them after
 * the decimal point, m / 10ᵏ, rounded once, is the nearest float64.
 *
 * @param point the byte of the decimal separator
 */
export function parseBytes(bytes: Uint8Array, begin: number, end: number, point: number): number {
  let at = begin;
  const first = bytes[at]!;
  const negative = first === 45;
  if (negative || first === 43) at++;
  let whole = 0;
  let digits = 0;
  let fraction = 0;
  for (; at < end; at++, digits++) {
    const digit = bytes[at]! - 48;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (at < end && bytes[at] === point) {
    for (at++; at < end; at++, digits++, fraction++) {
      const digit = bytes[at]! - 48;
      if (digit < 0 || digit > 9) break;
      whole = whole * 10 + digit;
    }
  }
  if (at < end || digits === 0 || digits > EXACT_DIGITS) return Number.NaN;
  const value = fraction === 0 ? whole : whole / POWERS[fraction]!;
  return negative ? -value : value;
}

/** How the cells of a column are written. */
export interface Wording {
  writing: Writing;
  /** Whether numbers may be written in unusual ways. */
  loose?: boolean;
}

/** The number that a text represents, NaN if none. */
export function numberOf(text: string, { writing, loose = false }: Wording): number {
  if (isNaValue(text, writing)) return Number.NaN;
  return loose ? parseAny(text, writing.decimal) : parseNumber(text, writing.decimal);
}

/** Whether a text stands for a missing value. */
export function isMissing(text: string, { writing, loose = false }: Wording): boolean {
  return isMissingText(text, writing) || (loose && isLikelyMark(text));
}
