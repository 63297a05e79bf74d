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

/** accuracy=0.98 */
export const target: Kind<{ figure: string; value: number }> = {
  values: 'NAME=VALUE',
  expected: 'a metric and the value to reach, as in accuracy=0.98',
  takesValue: true,
  read: raw => {
    const [name, typed, ...more] = typeof raw === 'string' ? raw.split('=') : [];
    const value = readNumber(typed);
    if (figure.read(name) === undefined || value === undefined || more.length > 0) return undefined;
    return { figure: name!, value };
  },
  write: ({ figure, value }) => `${figure}=${value}`,
};
