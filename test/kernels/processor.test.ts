import { describe, expect, it } from 'vitest';
import { betterCore, processorAbilities } from '../../src/kernels/processor.js';

const HASWELL = ['sse4_2', 'avx', 'avx2', 'fma'];
const SKYLAKE = [...HASWELL, 'avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl'];

describe('kernels for a processor that OpenBLAS does not know', () => {
  it.each([
    ['Prescott', SKYLAKE, 'SkylakeX'],
    ['Prescott', HASWELL, 'Haswell'],
    ['Barcelona', SKYLAKE, 'SkylakeX'],
    // Without 512-bit operations on bytes, as Knights Landing.
    ['Prescott', SKYLAKE.filter(name => name !== 'avx512bw'), 'Haswell'],
    // As old as it says.
    ['Nehalem', ['sse4_2'], null],
    ['Nehalem', ['sse4_2', 'avx'], null],
    // Known.
    ['Haswell', SKYLAKE, null],
    ['Zen', SKYLAKE, null],
    ['Cooperlake', SKYLAKE, null],
    ['SkylakeX', SKYLAKE, null],
    ['Sapphirerapids', SKYLAKE, null],
    ['neoversev1', [], null],
    ['', SKYLAKE, null],
  ])('%s, on one with %j: %s', (core, abilities, better) => {
    expect(betterCore(core, () => new Set(abilities))).toBe(better);
  });

  it.runIf(process.platform === 'linux' && process.arch === 'x64')('are chosen by what Linux says', () => {
    expect([...processorAbilities()]).toContain('sse2');
  });
});
