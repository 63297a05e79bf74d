/** Reads the machine of this process: what it is made of, what else it does, and where the threads of this process run. */
import { readdirSync } from 'node:fs';
import { readSystem } from '../../session/groups.js';
import { type Load, loadBetween, parseProcessorTimes } from './load.js';
import { parseProcessor, type ThreadPlaces, ThreadWatch } from './threads.js';
import { type Topology, topologyOf } from './topology.js';

export function readTopology(): Topology {
  return topologyOf(readSystem);
}

/** What happened between the beginning of an observation and its end. */
export interface Observed {
  /** null if the system does not tell. */
  load: Load | null;
  places: ThreadPlaces[];
}

const LOOK_MILLISECONDS = 50;

/** Begins to observe. @param isWhole whether this process is all of the measurement, and no ranks beside it */
export function observe(isWhole: boolean): { end(): Observed } {
  const before = parseProcessorTimes(readSystem('/proc/stat'));
  const own = process.cpuUsage();
  const watch = new ThreadWatch();
  const timer = setInterval(() => watch.note(processorsNow()), LOOK_MILLISECONDS);
  return {
    end() {
      clearInterval(timer);
      const { user, system } = process.cpuUsage(own);
      const after = parseProcessorTimes(readSystem('/proc/stat'));
      const load = loadBetween(before, after, isWhole ? (user + system) / 1e6 : null);
      return { load, places: watch.places };
    },
  };
}

/** The processor that each thread of this process last ran on. */
function processorsNow(): Map<number, { ticks: number; processor: number }> {
  let threads: string[];
  try {
    threads = readdirSync('/proc/self/task');
  } catch {
    return new Map();
  }
  return new Map(
    threads.flatMap(thread => {
      const found = parseProcessor(readSystem(`/proc/self/task/${thread}/stat`));
      return found === null ? [] : [[Number(thread), found] as const];
    }),
  );
}
