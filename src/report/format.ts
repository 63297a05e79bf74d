/** Formats numbers for people. Pure functions. */

/** 60,000 */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Rows, or their total weight: 60,000; 12.53 */
export function formatRows(value: number): string {
  return value.toLocaleString('en-US', Number.isInteger(value) ? {} : { maximumSignificantDigits: 4 });
}

const MOST_DIGITS = 7;

/**
 * Up to four significant digits below 1,000, whole numbers up to seven digits, powers of ten beyond: 0.04123,
 * 12.3, 82,790, 1,234,568, 1.235e+8
 */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(4));
  if (Math.abs(rounded) < 1000) return String(rounded);
  const whole = Math.round(value);
  return Math.abs(whole) < 10 ** MOST_DIGITS ? formatCount(whole) : rounded.toExponential();
}

/** 97.82 % */
export function formatPercent(part: number): string {
  return `${(100 * part).toFixed(2)} %`;
}

/** 0.42 s, 12.3 s, 3 min 05 s, 1 h 02 min */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** A short duration in a suitable unit: 34.2 µs, 5.12 ms, 1.20 s */
export function formatShort(seconds: number): string {
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(1)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(2)} ms`;
  return `${seconds.toFixed(2)} s`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** 512 B, 45.2 MiB */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), BYTE_UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${BYTE_UNITS[power]}`;
}

/** 1 epoch, 2 epochs; pass the plural if it is irregular: 2 classes */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

/** The value in its format; – if it is missing. */
export function orDash<T>(value: T | null | undefined, format: (value: T) => string): string {
  return value == null ? '–' : format(value);
}

/** Shortens a name in the middle, because paths often differ at their ends. */
export function shorten(name: string, most: number): string {
  const letters = [...name];
  if (letters.length <= most) return name;
  const tail = Math.ceil((most - 1) / 2);
  return `${letters.slice(0, most - 1 - tail).join('')}…${letters.slice(-tail).join('')}`;
}
