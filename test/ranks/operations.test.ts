/** Everything that ranks have, on real MPI libraries. */
import { describe, expect, it } from 'vitest';
import { MAKES, type Make, program, run, STANDARD } from './launch.js';

/** Runs all operations on so many ranks, by that library. Returns what the ranks say about themselves. */
async function runAll(make: Make, size: number, library: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await run(make, size, program('operations', library));
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  const { problems, ...said } = JSON.parse(stdout);
  expect(problems).toEqual([]);
  return said;
}

describe.each(MAKES)('$name', make => {
  it.each([1, 2, 3, 4])('moves bytes between ranks: %i of them', async size => {
    // Without others, a process opens MPI only if a library is named.
    const said = await runAll(make, size, size === 1 ? make.library : 'auto');
    const host = (said.hosts as string[])[0];
    expect(said).toMatchObject({ size, description: make.name, ranksOnHost: size });
    expect(said.hosts).toEqual(Array.from({ length: size }, () => host));
  });
});

describe.each(STANDARD)('the standard interface of $make.name', ({ make, library }) => {
  it.each([2, 3])('moves bytes between ranks: %i of them', async size => {
    const said = await runAll(make, size, library);
    expect(said).toMatchObject({ size, library: { interface: 'the standard interface of MPI 5' } });
  });
});
