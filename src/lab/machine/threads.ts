/** Where the threads of a measurement ran, from texts of /proc/self/task/TID/stat that were read now and then. Pure. */

interface Seen {
  /** Processor time since the thread began, in ticks. */
  ticks: number;
  /** Processor that it last ran on. */
  processor: number;
}

/** Fields 14, 15 and 39, counted from 1: proc_pid_stat(5). null if there is no such text. */
export function parseProcessor(stat: string | null): Seen | null {
  // The name, in brackets, may contain anything.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (!fields || fields.length < 37) return null;
  return { ticks: Number(fields[11]) + Number(fields[12]), processor: Number(fields[36]) };
}

/** Processors that one busy thread was seen on, the most frequent first, with the number of times. */
export interface ThreadPlaces {
  processors: { processor: number; times: number }[];
  /** Changes of processor between two looks. */
  moves: number;
}

/** Adds up looks at all threads. A thread that did nothing since the last look is not counted. */
export class ThreadWatch {
  readonly #last = new Map<number, Seen>();
  readonly #times = new Map<number, Map<number, number>>();
  readonly #moves = new Map<number, number>();
  #looks = 0;

  note(threads: ReadonlyMap<number, Seen>): void {
    this.#looks++;
    for (const [thread, seen] of threads) {
      const last = this.#last.get(thread);
      this.#last.set(thread, seen);
      if (last === undefined || seen.ticks === last.ticks) continue;
      const times = this.#times.get(thread) ?? new Map<number, number>();
      times.set(seen.processor, (times.get(seen.processor) ?? 0) + 1);
      this.#times.set(thread, times);
      if (seen.processor !== last.processor) this.#moves.set(thread, (this.#moves.get(thread) ?? 0) + 1);
    }
  }

  /** Of each thread that was busy in at least a quarter of the looks. */
  get places(): ThreadPlaces[] {
    return [...this.#times].flatMap(([thread, times]) => {
      const processors = [...times]
        .map(([processor, count]) => ({ processor, times: count }))
        .sort((a, b) => b.times - a.times || a.processor - b.processor);
      const seen = processors.reduce((sum, { times }) => sum + times, 0);
      // Compilers and collectors of garbage are busy at times.
      if (4 * seen < this.#looks) return [];
      return { processors, moves: this.#moves.get(thread) ?? 0 };
    });
  }
}
