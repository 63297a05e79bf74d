/** What Linux tells about each thread of this process: whether it runs, waits, and for what. Nothing on other systems. */
import { readdirSync, readFileSync } from 'node:fs';

export interface SystemThread {
  id: number;
  /** The name that the system shows. */
  name: string;
  /** R (running), S (sleeping), D (in a call that can't be interrupted), T (stopped), … */
  state: string;
  /** Seconds of CPU time since it started. */
  cpuSeconds: number;
  /** Function of the kernel in which it waits, the system call, and the kernel's stack if the user may read it; '' if not told. */
  waitsIn: string;
  call: string;
  stack: string;
}

const FOLDER = '/proc/self/task';
/** Ticks of the times in `stat`: 100 a second on every Linux that Node.js runs on. */
const TICKS_PER_SECOND = 100;
/** Numbers of the calls in which threads wait, by processor. */
const CALLS: Readonly<Record<string, Record<string, string>>> = {
  x64: {
    0: 'read',
    7: 'poll',
    35: 'nanosleep',
    202: 'futex',
    230: 'clock_nanosleep',
    232: 'epoll_wait',
    281: 'epoll_pwait',
  },
  arm64: {
    22: 'epoll_pwait',
    63: 'read',
    73: 'ppoll',
    98: 'futex',
    101: 'nanosleep',
    115: 'clock_nanosleep',
  },
};

export function systemThreads(): SystemThread[] {
  return threadNumbers().flatMap(id => {
    const stat = read(id, 'stat');
    // It has ended meanwhile.
    if (stat === '') return [];
    // The name, in parentheses, may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system] = [fields[11], fields[12]].map(Number) as [number, number];
    return {
      id,
      name: read(id, 'comm'),
      state: fields[0]!,
      cpuSeconds: (user + system) / TICKS_PER_SECOND,
      waitsIn: read(id, 'wchan'),
      call: describeCall(read(id, 'syscall')),
      stack: read(id, 'stack'),
    };
  });
}

function threadNumbers(): number[] {
  try {
    return readdirSync(FOLDER).map(Number);
  } catch {
    return [];
  }
}

function read(id: number, name: string): string {
  try {
    return readFileSync(`${FOLDER}/${id}/${name}`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** "futex (202 0x7f… …)"; `running`, and what is not known, as it is. */
function describeCall(call: string): string {
  const [number = '', ...rest] = call.split(' ');
  const name = CALLS[process.arch]?.[number];
  return name === undefined ? call : `${name} (${[number, ...rest].join(' ')})`;
}

/** Measures how long threads of this process that could run were kept from a CPU. */
export class CpuWaits {
  /** null before the first call: most segments end before, and the files of all threads take 0.1 ms to read. */
  #before: ReadonlyMap<number, number> | null = null;

  /**
   * Milliseconds of the longest wait of a thread since the last call; 0 at the first call, or if the system does not tell.
   */
  take(): number {
    const before = this.#before;
    this.#before = waits();
    if (before === null) return 0;
    return Math.max(0, ...[...this.#before].map(([id, wait]) => wait - (before.get(id) ?? 0)));
  }
}

/** For each thread, the milliseconds that it has waited for a CPU since it started. */
function waits(): Map<number, number> {
  return new Map(threadNumbers().map(id => [id, Number(read(id, 'schedstat').split(' ')[1] ?? 0) / 1e6]));
}
