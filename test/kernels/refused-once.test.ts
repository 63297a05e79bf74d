/** Machine code that the system refuses once. */
import { createRequire } from 'node:module';
import { expect, it, vi } from 'vitest';
import { chooseBackend } from '../../src/kernels/choose.js';

it('keeps to WebAssembly if machine code was refused before, so that all models of a process have the same arithmetic', () => {
  const load = vi.spyOn(createRequire(import.meta.url)('koffi'), 'load').mockImplementationOnce(() => {
    throw new Error('cannot open shared object file');
  });
  const first = chooseBackend('auto', null);
  const second = chooseBackend('auto', null);
  load.mockRestore();
  expect(first).toMatchObject({ name: 'wasm', notice: expect.stringContaining('cannot open') });
  expect(second).toEqual(first);
});
