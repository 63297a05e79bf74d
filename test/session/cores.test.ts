/** How many cores a process can use, according to the files of many kinds of systems. */
import { describe, expect, it } from 'vitest';
import { usableCores } from '../../src/session/cores.js';

type Files = Record<string, string>;

const V2_MOUNT =
  '29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n';
const V1_MOUNTS = [
  '31 23 0:28 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755',
  '33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:15 - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw,nosuid shared:17 - cgroup cgroup rw,memory',
].join('\n');

/** A machine; if `paired`, threads 2i and 2i + 1 share a core. */
function machine(allowed: string, threads: number, paired: boolean, online = `0-${threads - 1}`): Files {
  const files: Files = {
    '/proc/self/status': `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${allowed}\nMems_allowed_list:\t0\n`,
    '/sys/devices/system/cpu/online': `${online}\n`,
  };
  for (let i = 0; i < threads; i++) {
    const siblings = paired ? `${i & ~1}-${i | 1}` : String(i);
    files[`/sys/devices/system/cpu/cpu${i}/topology/core_cpus_list`] = `${siblings}\n`;
  }
  return files;
}

/** cgroup v2: the share of each group below the mount. */
function groups(path: string, shares: Files, mounts = V2_MOUNT): Files {
  return { '/proc/self/cgroup': `0::${path}\n`, '/proc/self/mountinfo': mounts, ...shares };
}

/** cgroup v1: a quota in one group. */
function firstVersion(path: string, folder: string, quota: string, mounts = V1_MOUNTS): Files {
  return {
    '/proc/self/cgroup': `9:memory:/elsewhere\n3:cpu,cpuacct:${path}\n0::/\n`,
    '/proc/self/mountinfo': mounts,
    [`${folder}/cpu.cfs_quota_us`]: `${quota}\n`,
    [`${folder}/cpu.cfs_period_us`]: '100000\n',
  };
}

const EIGHT = machine('0-7', 8, false);
const SLICE = '/sys/fs/cgroup/user.slice';
const DOCKER_V1 =
  '33 31 0:30 /docker/4f1 /sys/fs/cgroup/cpu,cpuacct ro,nosuid - cgroup cgroup rw,cpu,cpuacct\n';

describe('usableCores', () => {
  it.each<[string, number, Files]>([
    ['eight cores with one thread each', 8, EIGHT],
    ['four cores with two threads each', 4, machine('0-7', 8, true)],
    ['affinity to both threads of one core', 1, machine('2-3', 8, true)],
    ['affinity to one thread of each of three cores', 3, machine('0,2,6', 8, true)],
    ['numbers without a processor', 2, machine('0-127', 2, false)],
    ['an offline processor', 3, machine('0-3', 4, false, '0-1,3')],
    [
      'siblings in a file with the older name',
      1,
      {
        ...machine('0-1', 0, true, '0-1'),
        '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list': '0,1\n',
        '/sys/devices/system/cpu/cpu1/topology/thread_siblings_list': '0,1\n',
      },
    ],
    ['no topology, so that each thread counts as a core', 4, machine('0-3', 0, false, '0-3')],
    ['no limit of time', 8, { ...EIGHT, ...groups('/', { '/sys/fs/cgroup/cpu.max': 'max 100000\n' }) }],
    ['a share of 2.5', 2, { ...EIGHT, ...groups('/', { '/sys/fs/cgroup/cpu.max': '250000 100000\n' }) }],
    ['a share below one', 1, { ...EIGHT, ...groups('/', { '/sys/fs/cgroup/cpu.max': '25000 100000\n' }) }],
    [
      'an outer group with a smaller share',
      2,
      {
        ...EIGHT,
        ...groups('/user.slice/run.scope', {
          [`${SLICE}/run.scope/cpu.max`]: '400000 100000\n',
          [`${SLICE}/cpu.max`]: '20000 10000\n',
        }),
      },
    ],
    [
      'a share larger than the machine',
      8,
      { ...EIGHT, ...groups('/', { '/sys/fs/cgroup/cpu.max': '1600000 100000\n' }) },
    ],
    [
      'a group outside the mount',
      3,
      {
        ...EIGHT,
        ...groups('/../other', { '/sys/fs/cgroup/cpu.max': '300000 100000\n' }),
      },
    ],
    ['v1, no limit', 8, { ...EIGHT, ...firstVersion('/', '/sys/fs/cgroup/cpu,cpuacct', '-1') }],
    [
      'v1, a share of three',
      3,
      {
        ...EIGHT,
        ...firstVersion('/batch', '/sys/fs/cgroup/cpu,cpuacct/batch', '300000'),
      },
    ],
    [
      'v1, an outer group',
      2,
      {
        ...EIGHT,
        ...firstVersion('/batch/job', '/sys/fs/cgroup/cpu,cpuacct/batch', '200000'),
      },
    ],
    [
      'v1 in a container',
      2,
      {
        ...EIGHT,
        ...firstVersion('/docker/4f1', '/sys/fs/cgroup/cpu,cpuacct', '200000', DOCKER_V1),
      },
    ],
    [
      'fewer cores than the share',
      2,
      {
        ...machine('0-3', 4, true),
        ...groups('/', { '/sys/fs/cgroup/cpu.max': '300000 100000\n' }),
      },
    ],
  ])('%s: %d', (_, cores, files) => {
    expect(usableCores(path => files[path] ?? null)).toBe(cores);
  });

  it('counts at least one core here, and if the system tells nothing', () => {
    expect(usableCores()).toBeGreaterThanOrEqual(1);
    expect(usableCores(() => null)).toBeGreaterThanOrEqual(1);
  });
});
