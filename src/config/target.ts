/** A figure, and the value that it has to reach. */
import { type Kind, readNumber } from './kinds.js';

const FIGURE = /^(training-)?[a-z][a-z0-9-]*$/;

/** The name of a metric, with training- before it for the training rows. */
export const figure: Kind<string> = {
  values: 'NAME',
  expected: 'the name of a metric, or training- and one',
  takesValue: true,
  read: raw => (typeof raw === 'string' && FIGURE.test(raw) ? raw : undefined),
};

export const target: Kind<string> = {
  values: 'NAME=VALUE',
  expected: 'a metric and the value to reach, as in accuracy=0.98',
  takesValue: true,
  read: raw => (parseTarget(raw) ? (raw as string) : undefined),
};

/** Undefined where the text is none. */
export function parseTarget(raw: unknown): { figure: string; value: number } | undefined {
  if (typeof raw !== 'string') return undefined;
  const [name, typed, ...more] = raw.split('=');
  const value = readNumber(typed);
  if (figure.read(name) === undefined || value === undefined || more.length > 0) return undefined;
  return { figure: name!, value };
}
