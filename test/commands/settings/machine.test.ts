import { expect, it } from 'vitest';
import {
  classesOf,
  describeMachine,
  differenceOf,
  parseBlas,
} from '../../../src/commands/settings/machine.js';

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

const wasm = describeMachine({ backend: 'wasm', description: 'wasm (SIMD)' });

it('names what changed of a backend without a class of arithmetic, with the values before and now', () => {
  const now = describeMachine({ backend: 'blas', description: 'blas (libblis.so.4)' });
  expect(now.arithmetic).toBeNull();
  expect(differenceOf(now, { ...now, cores: now.cores + 1 })).toBeNull();
  expect(differenceOf({}, now)).toBeNull();
  expect(differenceOf({ ...now, node: 'v18.0.0', cpu: 'another' }, now)).toBe(
    `node v18.0.0, now ${now.node}; cpu another, now ${now.cpu}`,
  );
});

it('names only another build within a class of arithmetic', () => {
  const elsewhere = { ...wasm, node: 'v18.0.0', cpu: 'another', description: 'native (AVX2)' };
  expect(differenceOf(elsewhere, wasm)).toBeNull();
  expect(differenceOf({ ...elsewhere, lockstep: '0.0.1' }, wasm)).toBe(
    `lockstep 0.0.1, now ${wasm.lockstep}`,
  );
});

it('tells classes of arithmetic apart', () => {
  const other = wasm.arithmetic === 'fused' ? 'unfused' : 'fused';
  expect(classesOf({ ...wasm, arithmetic: other }, wasm)).toBe(`${other}, now ${wasm.arithmetic}`);
  expect(classesOf(wasm, wasm)).toBeNull();
  // A run of an earlier build, and a BLAS.
  expect(classesOf({}, wasm)).toBeNull();
  expect(classesOf({ ...wasm, arithmetic: null }, wasm)).toBeNull();
});
