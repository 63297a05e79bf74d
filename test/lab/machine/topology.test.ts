/** What machines are made of, according to the files of many kinds of them. */
import { describe, expect, it } from 'vitest';
import { topologyOf } from '../../../src/lab/machine/topology.js';

type Files = Record<string, string>;
const CPU = '/sys/devices/system/cpu';
const NODE = '/sys/devices/system/node';

/** A hardware thread: its socket, the siblings of its core, and its caches as level, type, size and who shares it. */
function thread(
  i: number,
  socket: number,
  siblings: string,
  caches: readonly (readonly [number, string, string, string])[],
): Files {
  const files: Files = {
    [`${CPU}/cpu${i}/topology/physical_package_id`]: `${socket}\n`,
    [`${CPU}/cpu${i}/topology/core_cpus_list`]: `${siblings}\n`,
  };
  caches.forEach(([level, type, size, shared], index) => {
    const folder = `${CPU}/cpu${i}/cache/index${index}`;
    Object.assign(files, {
      [`${folder}/level`]: `${level}\n`,
      [`${folder}/type`]: `${type}\n`,
      [`${folder}/size`]: `${size}\n`,
      [`${folder}/shared_cpu_list`]: `${shared}\n`,
    });
  });
  return files;
}

const allowed = (list: string) => ({ '/proc/self/status': `Name:\tnode\nCpus_allowed_list:\t${list}\n` });
const topology = (files: Files) => topologyOf(path => files[path] ?? null);

/** Two sockets of four cores with two threads each: thread i and i + 8 are siblings. */
const TWO_SOCKETS: Files = {
  [`${CPU}/online`]: '0-15\n',
  ...allowed('0-15'),
  ...Object.assign(
    {},
    ...Array.from({ length: 16 }, (_, i) => {
      const core = i % 8;
      const socket = core < 4 ? 0 : 1;
      const pair = `${core},${core + 8}`;
      return {
        ...thread(i, socket, pair, [
          [1, 'Data', '32K', pair],
          [1, 'Instruction', '32K', pair],
          [2, 'Unified', '2048K', pair],
          [3, 'Unified', '32M', socket === 0 ? '0-3,8-11' : '4-7,12-15'],
        ]),
        [`${CPU}/cpu${i}/cpufreq/scaling_governor`]: 'performance\n',
        [`${CPU}/cpu${i}/cpufreq/cpuinfo_max_freq`]: `${i < 4 ? 4000000 : 3900000}\n`,
      };
    }),
  ),
  [`${NODE}/online`]: '0-1\n',
  [`${NODE}/node0/cpulist`]: '0-3,8-11\n',
  [`${NODE}/node0/meminfo`]: 'Node 0 MemTotal:       65536 kB\nNode 0 MemFree:        1 kB\n',
  [`${NODE}/node1/cpulist`]: '4-7,12-15\n',
  '/proc/cpuinfo': 'model name\t: Xeon\nflags\t\t: fpu vme avx2\n',
  '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n',
};

/** Big and little cores of an Arm machine, with caches of two sizes, in a device tree that names KVM. */
const ARM: Files = {
  [`${CPU}/online`]: '0-3\n',
  ...allowed('0-3'),
  ...thread(0, 0, '0', [
    [1, 'Data', '32K', '0'],
    [2, 'Unified', '512K', '0-1'],
  ]),
  ...thread(1, 0, '1', [
    [1, 'Data', '32K', '1'],
    [2, 'Unified', '512K', '0-1'],
  ]),
  ...thread(2, 0, '2', [
    [1, 'Data', '64K', '2'],
    [2, 'Unified', '1M', '2'],
  ]),
  ...thread(3, 0, '3', [
    [1, 'Data', '64K', '3'],
    [2, 'Unified', '1M', '3'],
  ]),
  [`${CPU}/cpu0/cpufreq/scaling_governor`]: 'powersave\n',
  [`${CPU}/cpu2/cpufreq/scaling_governor`]: 'schedutil\n',
  '/proc/cpuinfo': 'processor\t: 0\nFeatures\t: fp asimd\n',
  '/proc/device-tree/hypervisor/compatible': 'linux,kvm\0',
};

/** A container: one and a half cores of four, a set of two of them, in a virtual machine that names itself. */
const CONTAINER: Files = {
  [`${CPU}/online`]: '0-3\n',
  ...allowed('1,3'),
  ...Object.assign({}, ...[0, 1, 2, 3].map(i => thread(i, 0, String(i), []))),
  '/proc/self/cgroup': '0::/box\n',
  '/proc/self/mountinfo': '29 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
  '/sys/fs/cgroup/box/cpu.max': '150000 100000\n',
  '/proc/cpuinfo': 'flags\t\t: fpu hypervisor lm\n',
  '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
};

describe('the topology', () => {
  it('of two sockets with SMT has cores, siblings, caches by level and memory nodes', () => {
    expect(topology(TWO_SOCKETS)).toEqual({
      ...{ sockets: 2, cores: 8, threadsPerCore: 2, online: '0-15', usable: '0-15' },
      caches: [
        { level: 1, bytes: 32 * 1024, sharedBy: '0,8', sharing: 2, count: 8 },
        { level: 2, bytes: 2 ** 21, sharedBy: '0,8', sharing: 2, count: 8 },
        { level: 3, bytes: 2 ** 25, sharedBy: '0-3,8-11', sharing: 8, count: 2 },
      ],
      numaNodes: [
        { node: 0, threads: '0-3,8-11', memoryBytes: 2 ** 26 },
        { node: 1, threads: '4-7,12-15', memoryBytes: null },
      ],
      ...{ governor: 'performance', mostHertz: 4e9, quotaCores: null },
      // The metal of a cloud has its maker's name, but no flag.
      hypervisor: null,
    });
  });

  it('of an Arm machine with two kinds of cores has both kinds of caches and governors', () => {
    const { caches, governor, hypervisor, cores } = topology(ARM);
    expect(caches.map(({ level, bytes, sharing, count }) => [level, bytes / 1024, sharing, count])).toEqual([
      [1, 32, 1, 2],
      [1, 64, 1, 2],
      [2, 512, 2, 1],
      [2, 1024, 1, 2],
    ]);
    expect([cores, governor, hypervisor]).toEqual([4, 'powersave, schedutil', 'KVM']);
  });

  it('of a container has its quota, what it may use, and the hypervisor', () => {
    const { quotaCores, usable, hypervisor, caches, numaNodes } = topology(CONTAINER);
    expect([quotaCores, usable, hypervisor]).toEqual([1.5, '1,3', 'KVM']);
    expect([caches, numaNodes]).toEqual([[], []]);
  });

  it.each([
    ['Microsoft Corporation', 'Hyper-V'],
    ['VMware, Inc.', 'VMware'],
    ['Somebody', 'a hypervisor that is not named'],
  ])('of a virtual machine by %s names %s', (vendor, name) => {
    const files = {
      '/proc/cpuinfo': 'flags\t\t: fpu hypervisor\n',
      '/sys/class/dmi/id/sys_vendor': vendor,
      '/sys/class/dmi/id/product_name': 'Virtual Machine',
    };
    expect(topology(files).hypervisor).toBe(name);
  });

  it('of a system without these files, as macOS, is not known', () => {
    expect(topology({})).toEqual({
      ...{ sockets: null, cores: null, threadsPerCore: null, online: null, usable: null, caches: [] },
      ...{ numaNodes: [], governor: null, mostHertz: null, quotaCores: null, hypervisor: null },
    });
  });
});

it('does not count sockets that the kernel does not know', () => {
  const files = { [`${CPU}/online`]: '0-1\n', ...thread(0, -1, '0', []), ...thread(1, -1, '1', []) };
  expect(topology(files)).toMatchObject({ sockets: null, cores: 2 });
});
