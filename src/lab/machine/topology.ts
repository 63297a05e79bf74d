/**
 * What a machine is made of, from the files of the system, whose reader is passed in: Linux has them; elsewhere most is not
 * known, and null. Pure, for the same files.
 */
import { parseList, shareOfTime, usableThreads } from '../../session/cores.js';
import type { ReadText } from '../../session/groups.js';

export interface Topology {
  /** Processors on boards; null if not known, as the next two. */
  sockets: number | null;
  cores: number | null;
  /** SMT siblings: the most hardware threads that a core has. */
  threadsPerCore: number | null;
  /** Hardware threads that are online, and the ones that this process may run on: 0-3,8. */
  online: string | null;
  usable: string | null;
  /** Data caches by level, the smallest first; empty if not known. */
  caches: Cache[];
  /** Memory nodes; empty if not known. */
  numaNodes: NumaNode[];
  /** How clocks are chosen: performance, schedutil, …; null if it is not known, as in most virtual machines. */
  governor: string | null;
  /** The highest clock that the system allows; null if not known. */
  mostHertz: number | null;
  /** Processor time that the control groups allow, in cores; null without a limit. */
  quotaCores: number | null;
  /** What the machine runs in: KVM, Xen, …, or unnamed; null if nothing says so. */
  hypervisor: string | null;
}

interface Cache {
  level: number;
  bytes: number;
  /** Hardware threads that share one of them: 0-1. Caches of the others are alike unless told otherwise. */
  sharedBy: string;
  sharing: number;
  /** How many there are. */
  count: number;
}

interface NumaNode {
  node: number;
  /** Hardware threads: 0-15. */
  threads: string;
  memoryBytes: number | null;
}

const CPU = '/sys/devices/system/cpu';
const NODE = '/sys/devices/system/node';
/** No processor lists more caches of a thread. */
const MOST_CACHES = 8;

/** Reads the topology of the machine that `read` reads the files of. */
export function topologyOf(read: ReadText): Topology {
  const line = (path: string) => read(path)?.trim() || null;
  const online = line(`${CPU}/online`);
  const threads = parseList(online ?? '');
  const usable = usableThreads(read);
  const share = shareOfTime(read);
  return {
    ...countsOf(threads, line),
    online,
    usable: usable.length === 0 ? null : formatList(usable),
    caches: cachesOf(threads, line),
    numaNodes: nodesOf(line),
    governor: sameOf(threads.map(thread => line(`${CPU}/cpu${thread}/cpufreq/scaling_governor`))),
    mostHertz: mostHertz(threads.map(thread => line(`${CPU}/cpu${thread}/cpufreq/cpuinfo_max_freq`))),
    quotaCores: Number.isFinite(share) ? share : null,
    hypervisor: hypervisorOf(line),
  };
}

type Line = (path: string) => string | null;

function countsOf(
  threads: readonly number[],
  line: Line,
): Pick<Topology, 'sockets' | 'cores' | 'threadsPerCore'> {
  const siblings = threads.map(thread => {
    const folder = `${CPU}/cpu${thread}/topology`;
    return line(`${folder}/core_cpus_list`) ?? line(`${folder}/thread_siblings_list`);
  });
  const packages = threads.map(thread => line(`${CPU}/cpu${thread}/topology/physical_package_id`));
  const isKnown = siblings.length > 0 && !siblings.includes(null);
  return {
    // -1: the kernel doesn't know either.
    sockets:
      packages.length === 0 || packages.some(id => id === null || id === '-1')
        ? null
        : new Set(packages).size,
    cores: isKnown ? new Set(siblings).size : null,
    threadsPerCore: isKnown ? Math.max(...siblings.map(list => parseList(list!).length)) : null,
  };
}

/** The distinct data caches of all threads, one entry for those of a level and size. */
function cachesOf(threads: readonly number[], line: Line): Cache[] {
  const kinds = new Map<string, { cache: Cache; places: Set<string> }>();
  for (const thread of threads) {
    for (let i = 0; i < MOST_CACHES; i++) {
      const folder = `${CPU}/cpu${thread}/cache/index${i}`;
      const level = Number(line(`${folder}/level`));
      const bytes = parseSize(line(`${folder}/size`));
      if (!level) break;
      if (line(`${folder}/type`) === 'Instruction' || bytes === null) continue;
      const sharedBy = line(`${folder}/shared_cpu_list`) ?? String(thread);
      const sharing = parseList(sharedBy).length;
      const kind = `${level} ${bytes} ${sharing}`;
      const known = kinds.get(kind) ?? {
        cache: { level, bytes, sharedBy, sharing, count: 0 },
        places: new Set<string>(),
      };
      known.places.add(sharedBy);
      kinds.set(kind, known);
    }
  }
  return [...kinds.values()]
    .map(({ cache, places }) => ({ ...cache, count: places.size }))
    .sort((a, b) => a.level - b.level || a.bytes - b.bytes);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 2 ** 20, G: 2 ** 30 };

/** 1024K → 1048576 */
function parseSize(text: string | null): number | null {
  const [, count, unit] = /^(\d+)([KMG]?)$/.exec(text ?? '') ?? [];
  return count === undefined ? null : Number(count) * UNITS[unit!]!;
}

function nodesOf(line: Line): NumaNode[] {
  return parseList(line(`${NODE}/online`) ?? '').map(node => {
    const kibibytes = /MemTotal:\s*(\d+) kB/.exec(line(`${NODE}/node${node}/meminfo`) ?? '')?.[1];
    return {
      node,
      threads: line(`${NODE}/node${node}/cpulist`) ?? '',
      memoryBytes: kibibytes === undefined ? null : 1024 * Number(kibibytes),
    };
  });
}

/** What all have in common, or all that there is: performance, powersave. */
function sameOf(values: readonly (string | null)[]): string | null {
  return [...new Set(values.filter(value => value !== null))].join(', ') || null;
}

function mostHertz(kilohertz: readonly (string | null)[]): number | null {
  const most = Math.max(0, ...kilohertz.map(Number));
  return most > 0 ? 1000 * most : null;
}

const UNNAMED = 'a hypervisor that is not named';

/** What the firmware says of who made the machine, and its name there. */
const MADE_BY: readonly [RegExp, string][] = [
  [/KVM|QEMU|Amazon EC2|Google Compute Engine|OpenStack|oVirt|Nutanix|DigitalOcean|Hetzner/i, 'KVM'],
  [/VMware/i, 'VMware'],
  [/VirtualBox|innotek/i, 'VirtualBox'],
  [/Microsoft.*Virtual|Hyper-V/i, 'Hyper-V'],
  [/Xen/i, 'Xen'],
  [/Parallels/i, 'Parallels'],
  [/Apple Virtualization/i, 'Apple Virtualization'],
];

function hypervisorOf(line: Line): string | null {
  // Arm and RISC-V name it in the device tree, where a text ends with 0.
  const tree = line('/proc/device-tree/hypervisor/compatible')?.split('\0')[0];
  const type = line('/sys/hypervisor/type') ?? tree ?? null;
  if (type !== null) return { xen: 'Xen', 'linux,kvm': 'KVM' }[type] ?? type;
  const names = ['sys_vendor', 'product_name'].map(name => line(`/sys/class/dmi/id/${name}`) ?? '').join(' ');
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(line('/proc/cpuinfo') ?? '');
  const [, maker = null] = MADE_BY.find(([pattern]) => pattern.test(names)) ?? [];
  // x86 says whether there is one: the metal of a cloud has its maker's name too.
  if (/^flags\s*:/m.test(line('/proc/cpuinfo') ?? '')) return isVirtual ? (maker ?? UNNAMED) : null;
  return maker;
}

/** 0, 1, 2, 3, 8 → 0-3,8 */
function formatList(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
