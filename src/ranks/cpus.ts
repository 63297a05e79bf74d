/**
 * Which CPUs (hardware threads) a process may run on, and how to change that. Launchers bind ranks to cores: Open MPI binds
 * each to one unless it is told otherwise. A set of CPUs is a number whose bit i stands for CPU i. Linux only.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setThreadAffinity } from '../native.js';

/** The CPUs that the first thread of a process, and threads that it starts, may run on; null if that is not known. */
export function allowedCpus(id: number): bigint | null {
  try {
    // 128 CPUs: ffffffff,ffffffff,ffffffff,ffffffff
    const [, groups] = /^Cpus_allowed:\s*([0-9a-f,]+)$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))!;
    return BigInt(`0x${groups!.replaceAll(',', '')}`);
  } catch {
    return null;
  }
}

/** Lets all threads of this process run on these CPUs. */
export function useCpus(cpus: bigint): void {
  for (const thread of readdirSync('/proc/self/task')) setThreadAffinity(Number(thread), cpus);
}

export function countCpus(cpus: bigint): number {
  return cpus.toString(2).replaceAll('0', '').length;
}
