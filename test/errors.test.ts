/** What every message keeps to, whatever it names. */
import { describe, expect, it } from 'vitest';
import { LockstepError, usageError } from '../src/errors.js';

describe('a message', () => {
  it.each([
    ['it has no column "two\nlines".', 'it has no column "two\\nlines".'],
    ['a\r\nb', 'a\\r\\nb'],
    ['as it is: \\n', 'as it is: \\n'],
  ])('of %j is one line', (message, line) => {
    expect(usageError(message).message).toBe(line);
    expect(new LockstepError('failed', message).message).toBe(line);
  });

  it('keeps the lines of its hint', () => {
    expect(usageError('no', 'one\ntwo').hint).toBe('one\ntwo');
  });
});
