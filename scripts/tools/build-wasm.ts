/**
 * Compiles the AssemblyScript kernels to dist/src/kernels: once with plain SIMD, once with relaxed SIMD. Run
 * by `npm run build`, after tsc.
 */
import asc from 'assemblyscript/asc';

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

for (const [name, options] of Object.entries(BUILDS)) {
  const { error, stderr } = await asc.main([
    ...COMMON,
    ...options,
    `--outFile=dist/src/kernels/${name}.wasm`,
  ]);
  if (error) {
    process.stderr.write(stderr.toString());
    throw error;
  }
}
