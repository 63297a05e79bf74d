/**
 * Which of OpenBLAS's kernels fit this processor, where OpenBLAS itself can't tell: a release knows the processors of its
 * time by their numbers, and takes those of 2004, without AVX, for any that came later.
 */
import { readFileSync } from 'node:fs';

/** OpenBLAS's names for x86 kernels without AVX. */
const WITHOUT_AVX = new Set([
  'Katmai',
  'Coppermine',
  'Northwood',
  'Prescott',
  'Banias',
  'Atom',
  'Core2',
  'Penryn',
  'Dunnington',
  'Nehalem',
  'Athlon',
  'Opteron',
  'Opteron_SSE3',
  'Barcelona',
  'Bobcat',
  'Nano',
]);

/** Kernels that every x86 build for several processors has, and what they need of one; the fastest first. */
const KERNELS: readonly { core: string; needs: readonly string[] }[] = [
  { core: 'SkylakeX', needs: ['avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl', 'avx2', 'fma'] },
  { core: 'Haswell', needs: ['avx2', 'fma'] },
];

/**
 * The kernels to take in place of those of `core`, as OpenBLAS names them; null where those may well be the best.
 * @param abilities what the processor can do, as Linux names it
 */
export function betterCore(core: string, abilities: () => ReadonlySet<string>): string | null {
  if (!WITHOUT_AVX.has(core)) return null;
  const can = abilities();
  return KERNELS.find(({ needs }) => needs.every(ability => can.has(ability)))?.core ?? null;
}

/** What this processor can do, as Linux tells it on x86; nothing where it does not. */
export function processorAbilities(): ReadonlySet<string> {
  try {
    const [, flags = ''] = /^flags\s*: *(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8')) ?? [];
    return new Set(flags.split(' '));
  } catch {
    return new Set();
  }
}
