import { expect, it } from 'vitest';
import { describeMachine, differenceOf, parseBlas } from '../../../src/commands/settings/machine.js';

it.each([
  [
    'blas (OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY Cooperlake MAX_THREADS=64)',
    { name: 'OpenBLAS', version: '0.3.21', instructionSet: 'Cooperlake' },
  ],
  [
    'blas (OpenBLAS 0.3.26 neoversen1 MAX_THREADS=4)',
    { name: 'OpenBLAS', version: '0.3.26', instructionSet: 'neoversen1' },
  ],
  ['blas (libblis.so.4)', null],
  ['wasm (SIMD)', null],
])('%s is read as %j', (description, blas) => {
  expect(parseBlas(description)).toEqual(blas);
});

it('a difference names what changed, with the values before and now', () => {
  const now = describeMachine({ backend: 'wasm', description: 'wasm (SIMD)' });
  expect(differenceOf(now, { ...now, cores: now.cores + 1 })).toBeNull();
  expect(differenceOf({}, now)).toBeNull();
  expect(differenceOf({ ...now, node: 'v18.0.0', cpu: 'another' }, now)).toBe(
    `node v18.0.0, now ${now.node}; cpu another, now ${now.cpu}`,
  );
});
