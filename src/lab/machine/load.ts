/**
 * What else a machine did during a measurement, from two texts of /proc/stat: time that the hypervisor gave to others
 * (steal), and time that other processes took. Pure.
 */

/** Counters of /proc/stat. */
export interface ProcessorTimes {
  /** Ticks (10 ms) of all processors since the start: all time, time at work for anybody, and stolen time. */
  all: number;
  busy: number;
  stolen: number;
  /** Threads that run or could run now. */
  running: number;
}

/** null if the text is not that of a Linux system. */
export function parseProcessorTimes(stat: string | null): ProcessorTimes | null {
  const ticks = /^cpu +([\d ]+)$/m
    .exec(stat ?? '')?.[1]
    ?.split(' ')
    .map(Number);
  if (!ticks || ticks.length < 8) return null;
  // The time of guests is in user and nice already.
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, interrupts = 0, soft = 0, stolen = 0] = ticks;
  const busy = user + nice + system + interrupts + soft;
  const running = Number(/^procs_running (\d+)$/m.exec(stat!)?.[1] ?? 0);
  return { all: busy + idle + waiting + stolen, busy, stolen, running };
}

/** What disturbed a measurement. Shares are of the time of all processors of the machine. */
export interface Load {
  /** Time that the hypervisor gave to others. */
  stolen: number;
  /** Processor time that other processes took; null with several ranks, which are processes too. */
  others: number | null;
  /** Threads that ran or waited for a processor before and after it. */
  runningBefore: number;
  runningAfter: number;
}

const TICK_SECONDS = 0.01;

/**
 * @param ownSeconds processor time of this process between the two; null if there are others of the same measurement
 * @returns null if the system does not tell, or no time has passed
 */
export function loadBetween(
  before: ProcessorTimes | null,
  after: ProcessorTimes | null,
  ownSeconds: number | null,
): Load | null {
  if (before === null || after === null || after.all <= before.all) return null;
  const all = after.all - before.all;
  const busy = after.busy - before.busy;
  return {
    stolen: (after.stolen - before.stolen) / all,
    // The counters and the clock of the process differ by a tick at either end.
    others: ownSeconds === null ? null : Math.max(0, busy - ownSeconds / TICK_SECONDS - 2) / all,
    runningBefore: before.running,
    runningAfter: after.running,
  };
}

/** Share of the machine's time above which a measurement counts as disturbed. */
export const DISTURBED = 0.01;

/** The larger of the stolen and others' shares; 0 if not known. */
export function disturbanceOf(load: Load | null): number {
  return load === null ? 0 : Math.max(load.stolen, load.others ?? 0);
}
