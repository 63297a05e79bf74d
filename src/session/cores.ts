/**
 * How many cores this process can use: the physical cores it may run on, at most the container's share of CPU time.
 * os.availableParallelism() counts hardware threads, and takes a share below one for no limit. Decided from the system's
 * files, whose reader is passed in.
 */
import { availableParallelism } from 'node:os';
import { groupFolders, type ReadText, readSystem } from './groups.js';

/** Cores that this process can use: at least 1. */
export function usableCores(read: ReadText = readSystem): number {
  const threads = usableThreads(read);
  const cores = threads.length > 0 ? countCores(threads, read) : availableParallelism();
  return Math.max(1, Math.min(cores, Math.floor(shareOfTime(read))));
}

/** Numbers of the hardware threads that are online, and that this process's affinity and cpuset allow. */
export function usableThreads(read: ReadText): number[] {
  const allowed = /^Cpus_allowed_list:\s*(\S+)$/m.exec(read('/proc/self/status') ?? '');
  const online = read('/sys/devices/system/cpu/online');
  // The allowed list may contain numbers without a processor.
  const on = online === null ? null : new Set(parseList(online.trim()));
  return parseList(allowed?.[1] ?? '').filter(thread => on?.has(thread) ?? true);
}

/** `0-3,8` → 0, 1, 2, 3, 8 */
export function parseList(list: string): number[] {
  return list.split(',').flatMap(range => {
    const [first, last] = range.split('-');
    if (!first) return [];
    return Array.from({ length: Number(last ?? first) - Number(first) + 1 }, (_, i) => Number(first) + i);
  });
}

/** Threads with the same siblings share a core; if the system doesn't list siblings, each thread counts as a core. */
function countCores(threads: number[], read: ReadText): number {
  const cores = threads.map(thread => {
    const topology = `/sys/devices/system/cpu/cpu${thread}/topology`;
    const siblings = read(`${topology}/core_cpus_list`) ?? read(`${topology}/thread_siblings_list`);
    return siblings?.trim() ?? String(thread);
  });
  return new Set(cores).size;
}

/** CPU time per period, in cores: the least of all control groups of this process; Infinity without a limit. */
export function shareOfTime(read: ReadText): number {
  const folders = groupFolders(read, 'cpu');
  return Math.min(Number.POSITIVE_INFINITY, ...folders.map(folder => shareOf(folder, read)));
}

function shareOf(folder: string, read: ReadText): number {
  const [quota, period] =
    read(`${folder}/cpu.max`)?.trim().split(' ') ??
    ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map(name => read(`${folder}/${name}`)?.trim());
  // `max` in cgroup v2 and −1 in v1 mean no limit.
  const share = Number(quota) / Number(period);
  return share > 0 ? share : Number.POSITIVE_INFINITY;
}
