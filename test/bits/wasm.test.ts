/** Trainings and commands on WebAssembly: bits of their own where products are fused, and where they are not. */
import { expect, it } from 'vitest';
import { COMMANDS, runLines } from './commands.js';
import { arithmeticOf } from './run.js';
import { keptOf, makeFiles, testCases } from './suite.js';

const files = makeFiles();

// An environment that must have relaxed SIMD says so.
it.runIf(process.env.LOCKSTEP_REQUIRE_RELAXED)('has fused products', () => {
  expect(arithmeticOf('wasm')).toBe('fused');
});

testCases('wasm', files, Object.keys(COMMANDS));

it.each(Object.keys(COMMANDS))('prints the bits that are kept: %s', async name => {
  expect(await runLines(COMMANDS[name]!, files)).toEqual(keptOf('wasm')[name]);
});
