/** Errors of the system that no command expects. */
import { expect, it } from 'vitest';
import { asLockstepError } from '../../../src/commands/line/environment.js';
import { LockstepError } from '../../../src/errors.js';

it.each([
  'Array buffer allocation failed',
  'WebAssembly.Memory(): could not allocate memory',
  'WebAssembly.Memory.grow(): Unable to grow instance memory',
  'WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance',
])('says that there is no memory: %s', message => {
  const error = asLockstepError(new RangeError(message));
  expect(error).toBeInstanceOf(LockstepError);
  expect(error).toMatchObject({
    code: 'failed',
    message: `memory: expected the system to have some left, got: ${message}.`,
  });
});

it('says that there is no memory for a message between threads', () => {
  const error = new DOMException('Data cannot be cloned, out of memory.', 'DataCloneError');
  expect(asLockstepError(error)).toMatchObject({
    code: 'failed',
    message: 'memory: expected the system to have some left, got: Data cannot be cloned, out of memory.',
  });
});

it('leaves other errors as they are', () => {
  const error = new RangeError('Invalid array length');
  expect(asLockstepError(error)).toBe(error);
});
