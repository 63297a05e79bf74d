/**
 * Compiles the AssemblyScript kernels to dist/src/kernels: once with plain SIMD, once with relaxed SIMD. Run
 * by `npm run build`, after tsc.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { lossesSource, rulesSource } from './assembly-kernels.js';
import { formulasSource } from './assembly-text.js';

const COMMON = [
  'src/kernels/assembly/index.ts',
  '-O3',
  '--noAssert',
  '--runtime=stub',
  '--importMemory',
  '--sharedMemory',
  '--initialMemory=1',
  '--maximumMemory=65536',
  '--enable=threads,simd',
  // v128 values are only exchanged between the kernels' own files, never with the host.
  '--disableWarning=112',
];

const BUILDS = {
  plain: [],
  relaxed: ['--enable=relaxed-simd'],
};

/** Sources that are made of src/kernels/formulas. */
const GENERATED: Readonly<Record<string, string>> = {
  'src/kernels/assembly/formulas.ts': formulasSource(),
  'src/kernels/assembly/rules.ts': rulesSource(),
  'src/kernels/assembly/elementwise-losses.ts': lossesSource(),
};

/** A source; null if there is no such file. */
function readSource(name: string, folder: string): string | null {
  if (GENERATED[name]) return GENERATED[name];
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    return null;
  }
}

for (const [name, options] of Object.entries(BUILDS)) {
  const outFile = `--outFile=dist/src/kernels/${name}.wasm`;
  const { error, stderr } = await asc.main([...COMMON, ...options, outFile], { readFile: readSource });
  if (error) {
    process.stderr.write(stderr.toString());
    throw error;
  }
}
