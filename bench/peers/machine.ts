/** What is known of this machine, for reports. */
import { cpus, release, totalmem, type } from 'node:os';

/** Processor, memory and system. */
export function describeMachine(cores: number): Record<string, string> {
  const processors = cpus();
  return {
    Processor: `${processors[0]?.model.trim() ?? 'unknown'}, ${processors.length} threads, ${cores} cores used`,
    Memory: `${(totalmem() / 2 ** 30).toFixed(0)} GiB`,
    System: `${type()} ${release()}, ${process.arch}`,
  };
}
