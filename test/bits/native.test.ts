/** Trainings by machine code have the bits of fused WebAssembly, on every release of Node.js. */
import { expect, it } from 'vitest';
import { chooseBackend } from '../../src/kernels/choose.js';
import { COMMANDS } from './commands.js';
import { makeFiles, testCases } from './suite.js';

const files = makeFiles();
const { name, notice } = chooseBackend('auto', null);

if (name === 'native') testCases('native', files, Object.keys(COMMANDS));
// An environment that must run machine code says so.
else
  it.skipIf(!process.env.LOCKSTEP_REQUIRE_NATIVE)(`can run machine code: ${notice}`, () =>
    expect(name).toBe('native'),
  );
