/** Machine code that the system refuses once. */
import { createRequire } from 'node:module';
import { expect, it, vi } from 'vitest';
import { chooseBackend } from '../../src/kernels/choose.js';

const hasNative = chooseBackend('auto', null).name === 'native';

it.runIf(hasNative)(
  'keeps to WebAssembly if machine code was refused before, so that all models of a process have the same arithmetic',
  async () => {
    // As at the start of a process: what was found above is forgotten.
    vi.resetModules();
    const { chooseBackend: choose } = await import('../../src/kernels/choose.js');
    const load = vi.spyOn(createRequire(import.meta.url)('koffi'), 'load').mockImplementationOnce(() => {
      throw new Error('cannot open shared object file');
    });
    const first = choose('auto', null);
    const second = choose('auto', null);
    load.mockRestore();
    expect(first).toMatchObject({ name: 'wasm', notice: expect.stringContaining('cannot open') });
    expect(second).toEqual(first);
  },
);
