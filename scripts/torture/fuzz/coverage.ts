/**
 * Coverage of a run: Istanbul's counters, each reduced to the order of magnitude of its count, because a loop
 * that runs once and one that runs a hundred times are different behaviours.
 */

/** Counters by number: `s` statements, `f` functions, and `b` lists of branches. */
interface FileCounters {
  s: Record<string, number>;
  f: Record<string, number>;
  b: Record<string, number[]>;
}

export class Coverage {
  /** For each counter, one bit for each order of magnitude seen. */
  readonly #seen: number[] = [];
  reached = 0;

  /** Whether the last run reached anything new. Resets the counters. */
  takeNews(): boolean {
    let isNews = false;
    let next = 0;
    const look = (counters: Record<string, number> | number[]) => {
      for (const key in counters) {
        const count = (counters as Record<string, number>)[key]!;
        if (count > 0) {
          (counters as Record<string, number>)[key] = 0;
          const bit = 1 << Math.min(7, 31 - Math.clz32(count));
          const before = this.#seen[next] ?? 0;
          if ((before & bit) === 0) {
            if (before === 0) this.reached++;
            this.#seen[next] = before | bit;
            isNews = true;
          }
        }
        next++;
      }
    };
    for (const file of Object.values(filesOf())) {
      look(file.s);
      look(file.f);
      for (const key in file.b) look(file.b[key]!);
    }
    return isNews;
  }
}

function filesOf(): Record<string, FileCounters> {
  return (globalThis as { __coverage__?: Record<string, FileCounters> }).__coverage__ ?? {};
}
