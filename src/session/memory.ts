/**
 * How much memory the arena of a job may take by default: what the machine and the container allow, less what the process
 * needs besides. It only decides whether rows are read in windows, and so never changes a bit.
 */
import { totalmem } from 'node:os';
import { groupFolders, type ReadText, readSystem } from './groups.js';

/** Memory of a thread: its heap, its code, and its buffers. */
const BYTES_PER_THREAD = 32 * 2 ** 20;
/** For what grows while a training runs: reports, checkpoints, the system's own buffers. */
const RESERVE_BYTES = 128 * 2 ** 20;

/** Bytes that this process may use: those of the machine, or fewer if a control group limits them. */
export function usableMemory(read: ReadText = readSystem, machine = totalmem()): number {
  const limits = groupFolders(read, 'memory').flatMap(folder =>
    ['memory.max', 'memory.limit_in_bytes'].map(name => Number(read(`${folder}/${name}`) ?? Number.NaN)),
  );
  // `max` in cgroup v2 means no limit; in v1 that is a number larger than any machine.
  return Math.min(machine, ...limits.filter(limit => limit > 0));
}

/**
 * The most that the arena may take by default.
 * @param workers threads that are about to start
 * @param sharing processes on this machine that want as much
 */
export function usualMemory(workers: number, sharing = 1): number {
  const needed = process.memoryUsage.rss() + workers * BYTES_PER_THREAD + RESERVE_BYTES;
  return Math.max(0, usableMemory() / sharing - needed);
}
