/** How much memory a process may use, according to the files of many kinds of systems. */
import { describe, expect, it } from 'vitest';
import { usableMemory, usualMemory } from '../../src/session/memory.js';

type Files = Record<string, string>;

const GIB = 2 ** 30;
const MACHINE = 16 * GIB;
const V2_MOUNT = '29 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n';
const V1_MOUNT = '35 31 0:32 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory\n';

function second(path: string, limits: Files): Files {
  const files = { '/proc/self/cgroup': `0::${path}\n`, '/proc/self/mountinfo': V2_MOUNT };
  return { ...files, ...limits };
}

function first(path: string, limits: Files): Files {
  const membership = `9:memory:${path}\n3:cpu,cpuacct:/elsewhere\n0::/\n`;
  return { '/proc/self/cgroup': membership, '/proc/self/mountinfo': V1_MOUNT, ...limits };
}

const ROOT = '/sys/fs/cgroup';

describe('the memory that a process may use', () => {
  it.each<[string, number, Files]>([
    ['without control groups', 16, {}],
    ['without a limit', 16, second('/job', { [`${ROOT}/job/memory.max`]: 'max\n' })],
    ['with that of its group', 2, second('/job', { [`${ROOT}/job/memory.max`]: `${2 * GIB}\n` })],
    [
      'with that of a group around it',
      3,
      second('/a/job', {
        [`${ROOT}/a/job/memory.max`]: `${8 * GIB}\n`,
        [`${ROOT}/a/memory.max`]: `${3 * GIB}\n`,
      }),
    ],
    ['with a limit beyond the machine', 16, second('/', { [`${ROOT}/memory.max`]: `${99 * GIB}\n` })],
    ['in version 1', 2, first('/job', { [`${ROOT}/memory/job/memory.limit_in_bytes`]: `${2 * GIB}\n` })],
    [
      'in version 1 without a limit',
      16,
      first('/job', { [`${ROOT}/memory/job/memory.limit_in_bytes`]: '9223372036854771712\n' }),
    ],
  ])('is known %s', (_, gib, files) => {
    expect(usableMemory(path => files[path] ?? null, MACHINE) / GIB).toBe(gib);
  });

  it('is more than an arena takes by default, and shared by the processes of the machine', () => {
    const alone = usualMemory(1);
    expect(alone).toBeLessThan(usableMemory() - process.memoryUsage.rss() / 2);
    expect(usualMemory(64)).toBeLessThan(alone);
    expect(usualMemory(1, 2)).toBeLessThan(alone);
    expect(usualMemory(1e6)).toBe(0);
  });
});
