/**
 * How many cores this process can keep busy: those that it may run on, two threads of one core counted once, but
 * no more than the container's share of time. os.availableParallelism() counts threads of cores, and takes a share
 * below one for no limit. Decided by what the system's files say, which are handed in.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, posix } from 'node:path';

/** The text of a file; null where there is none, as on systems other than Linux. */
export type ReadText = (path: string) => string | null;

/** Cores that this process can keep busy: 1 or more. */
export function usableCores(read: ReadText = readSystem): number {
  const threads = usableThreads(read);
  const cores = threads.length > 0 ? countCores(threads, read) : availableParallelism();
  return Math.max(1, Math.min(cores, Math.floor(shareOfTime(read))));
}

/** Numbers of the threads of cores that are on, and that this process's affinity and cpuset allow. */
function usableThreads(read: ReadText): number[] {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status') ?? '');
  const online = read('/sys/devices/system/cpu/online');
  // The list of the allowed may hold places where no processor is plugged in.
  const on = online === null ? null : new Set(parseList(online.trim()));
  return parseList(allowed?.[1] ?? '').filter(thread => on?.has(thread) ?? true);
}

/** `0-3,8` → 0, 1, 2, 3, 8 */
function parseList(list: string): number[] {
  return list.split(',').flatMap(range => {
    const [first, last] = range.split('-');
    if (!first) return [];
    return Array.from({ length: Number(last ?? first) - Number(first) + 1 }, (_, i) => Number(first) + i);
  });
}

/** Threads that name the same siblings are one core's; where the system does not tell, each is a core. */
function countCores(threads: number[], read: ReadText): number {
  const cores = threads.map(thread => {
    const topology = `/sys/devices/system/cpu/cpu${thread}/topology`;
    const siblings = read(`${topology}/core_cpus_list`) ?? read(`${topology}/thread_siblings_list`);
    return siblings?.trim() ?? String(thread);
  });
  return new Set(cores).size;
}

/** Cores' worth of time in each period: the least of all groups that this process is in; Infinity without a limit. */
function shareOfTime(read: ReadText): number {
  const folders = groupFolders(read('/proc/self/cgroup') ?? '', read('/proc/self/mountinfo') ?? '');
  return Math.min(Number.POSITIVE_INFINITY, ...folders.map(folder => shareOf(folder, read)));
}

function shareOf(folder: string, read: ReadText): number {
  const [quota, period] =
    read(`${folder}/cpu.max`)?.trim().split(' ') ??
    ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map(name => read(`${folder}/${name}`)?.trim());
  // `max` in the second version of control groups and −1 in the first are no limit.
  const share = Number(quota) / Number(period);
  return share > 0 ? share : Number.POSITIVE_INFINITY;
}

/**
 * The folders of this process's control groups that can limit its time, and of all groups around them.
 * membership: lines `id:controllers:path`, the controllers empty in the second version. mounts: lines of
 * /proc/self/mountinfo; a mount shows the groups from its root down.
 */
function groupFolders(membership: string, mounts: string): string[] {
  const groups = membership.split('\n').map(line => line.split(':'));
  return mounts.split('\n').flatMap(line => {
    const [place, source] = line.split(' - ').map(part => part.split(' '));
    const [type, , controllers] = source ?? [];
    const controller = type === 'cgroup2' ? '' : 'cpu';
    if (type !== 'cgroup2' && !(type === 'cgroup' && controllers?.split(',').includes('cpu'))) return [];
    const group = groups.find(([, names]) => names?.split(',').includes(controller));
    const [root, point] = [place![3]!, place![4]!];
    const path = posix.relative(root, group?.slice(2).join(':') || root);
    return withParents(path.startsWith('..') ? point : posix.join(point, path), point);
  });
}

function withParents(folder: string, top: string): string[] {
  return folder === top ? [top] : [folder, ...withParents(dirname(folder), top)];
}

function readSystem(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
