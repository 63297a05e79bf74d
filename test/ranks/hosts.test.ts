import { describe, expect, it } from 'vitest';
import { hostsOf, type Introduction } from '../../src/ranks/hosts.js';

/** Ranks by host and the hexadecimal sets of CPUs that each may use, and its launcher. */
function ranks(...places: [host: string, allowed: string | null, possible: string | null][]): Introduction[] {
  return places.map(([host, allowed, possible]) => ({ host, version: '1.0.0', allowed, possible }));
}

describe('the hosts of ranks', () => {
  it('are counted, and the ranks that share CPUs', () => {
    const all = ranks(['a', 'f', 'f'], ['b', '3', 'f'], ['b', 'c', 'f'], ['b', '6', 'f']);
    expect(hostsOf(all, 0)).toMatchObject({ names: ['a', 'b', 'b', 'b'], ranksOnHost: 1, ranksOnCpus: 1 });
    expect(hostsOf(all, 1)).toMatchObject({ ranksOnHost: 3, ranksOnCpus: 2 });
    expect(hostsOf(all, 3)).toMatchObject({ ranksOnHost: 3, ranksOnCpus: 3, cpus: [4, 2, 2, 2] });
    expect(hostsOf(all, 0).allCpus).toBe(4 + 4);
  });

  it.each([
    [
      'of hosts with different numbers of ranks',
      24,
      ranks(['a', 'ff', 'ff'], ['a', 'ff', 'ff'], ['b', '1', 'ffff']),
    ],
    ['in sets that overlap', 3, ranks(['a', '3', '3'], ['a', '6', '6'])],
    ['unless those of a rank are unknown', 0, ranks(['a', 'f', 'f'], ['b', null, null])],
  ])('count the CPUs of all ranks, %s', (_, count, all) => {
    for (const rank of all.keys()) expect(hostsOf(all, rank).allCpus).toBe(count);
  });

  it('let a rank that is alone use what its launcher may use', () => {
    const all = ranks(['a', '1', 'ffff'], ['b', '1', 'ffff']);
    expect(hostsOf(all, 1)).toMatchObject({
      widened: 0xffffn,
      cpus: [16, 16],
      note: 'each rank: bound to 1 of the 16 CPUs of its host by the launcher, but alone there, so it uses all of them.',
    });
  });

  it('leave the binding of a rank that is not alone, and say how to loosen it', () => {
    const all = ranks(['a', '1', 'f'], ['a', '2', 'f'], ['b', 'f', 'f']);
    expect(hostsOf(all, 0)).toMatchObject({
      widened: null,
      cpus: [1, 1, 4],
      note: 'rank 0 (host a), rank 1 (host a): bound to 1 of the 4 CPUs of its host by the launcher, which is less than its share. For more: mpirun --bind-to none, or mpirun --map-by ppr:2:node:pe=N for N cores each.',
    });
  });

  it.each([
    ['each has its share', ranks(['a', '3', 'f'], ['a', 'c', 'f'])],
    ['nothing is bound', ranks(['a', 'f', 'f'], ['a', 'f', 'f'])],
    ['nothing is known', ranks(['a', null, null], ['b', null, null])],
  ])('say nothing if %s', (_, all) => {
    expect(hostsOf(all, 0)).toMatchObject({ widened: null, note: null });
  });

  it('need the same version of lockstep', () => {
    const [first, second] = ranks(['a', 'f', 'f'], ['b', 'f', 'f']);
    const all = [first!, { ...second!, version: '2.0.0' }];
    expect(() => hostsOf(all, 0)).toThrow('rank 1 (host b) has lockstep 2.0.0, rank 0 has 1.0.0.');
  });
});
