/**
 * Every option with any value: the value is either rejected, or accepted again and within the documented
 * range.
 */
import { describe, expect, it } from 'vitest';
import { plainValue } from '../../src/config/kinds.js';
import { COMMAND_NAMES, nameOf, OPTION_KEYS, optionOf } from '../../src/config/options.js';
import { checkOptions } from '../../src/config/settings.js';
import { LockstepError } from '../../src/errors.js';
import { fc } from './arbitraries.js';

const value = fc.oneof(
  fc.jsonValue(),
  fc.string({ unit: 'binary' }),
  fc.double().map(String),
  fc.array(fc.oneof(fc.integer().map(String), fc.double(), fc.constantFrom('auto', 'full', 'relu', '')), {
    maxLength: 4,
  }),
  fc.array(fc.integer(), { maxLength: 4 }).map(numbers => numbers.join(',')),
  fc.constantFrom(
    undefined,
    null,
    Number.NaN,
    Infinity,
    -0,
    new Date(0),
    new Map(),
    Symbol.iterator,
    () => 1,
    10n,
  ),
);

describe.each(OPTION_KEYS)('%s', key => {
  const { kind } = optionOf(key);

  it('rejects any value, or accepts it again', () => {
    fc.assert(
      fc.property(value, raw => {
        const read = kind.read(raw);
        // A flag may be turned off: --no-header.
        if (!kind.takesValue) expect([undefined, true, false]).toContain(read);
        else if (read !== undefined) expect(kind.read(plainValue(kind, read))).toEqual(read);
      }),
    );
  });
});

describe.each(COMMAND_NAMES)('lockstep %s', command => {
  const name = fc.oneof(
    fc.constantFrom(...OPTION_KEYS.map(nameOf), '__proto__', 'constructor', 'hasOwnProperty'),
    fc.string(),
  );

  it.each([null, 'any.yaml'])('checks any names and values from %j', file => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, fc.oneof(fc.jsonValue(), fc.string())), { maxLength: 3 }),
        entries => {
          try {
            expect(Object.values(checkOptions(command, Object.fromEntries(entries), file))).not.toContain(
              undefined,
            );
          } catch (error) {
            expect(error).toBeInstanceOf(LockstepError);
            expect((error as LockstepError).code).toBe('usage');
          }
        },
      ),
    );
  });
});
