/** Disturbs one command in several ways, in a session (session.ts) that is replaced whenever it dies or hangs. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Kind } from '../calls/control.js';
import { type Case, dataCsv } from './cases.js';
import type { Outcome } from './judge.js';
import { LIMIT_SECONDS } from './process-run.js';

const PRELOAD = new URL('../calls/preload.js', import.meta.url).href;
const SESSION = fileURLToPath(new URL('./session.js', import.meta.url));

/** What changes a process for good: what it remembers of its memory, its machine code, its libraries or its streams. */
const IN_PROCESSES: readonly Kind[] = [
  ...(['EAGAIN on a stream', 'EPIPE on stdout'] as const),
  ...(['memory', 'wasm', 'koffi', 'mpi'] as const),
];

/** Whether each failure of this kind takes a process. */
export function needsProcess(kind: Kind, one: Case): boolean {
  return IN_PROCESSES.includes(kind) || one.input !== undefined || one.launch !== undefined;
}

/** A kind of call that fails: once, or from then on. */
export interface Way {
  kind: Kind;
  isLasting: boolean;
}

export interface Sweep {
  /** Name of a case. */
  name: string;
  ways: readonly Way[];
  /** At most so many calls fail, one in each run. */
  most: number;
}

/** A run in which a call failed. */
export interface Point {
  number: number;
  what: string;
  outcome: Outcome;
  problems: string[];
  seconds: number;
  said: string;
}

/** What became of a way. */
export interface Swept extends Way {
  /** Calls that could fail. */
  calls: number;
  points: Point[];
}

/** What a session prints: a way, by its number, then how many calls there are, the points that are begun, and their outcomes. */
export interface Told {
  way: number;
  calls?: number;
  begun?: number;
  number?: number;
  point?: Point;
}

/** @param onPoint called after each run */
export async function sweep(
  { name, ways, most }: Sweep,
  onPoint: (way: Way, point: Point) => void = () => {},
): Promise<Swept[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-faults-'));
  const swept: Swept[] = ways.map(way => ({ ...way, calls: 0, points: [] }));
  const add = (way: number, point: Point) => {
    swept[way]!.points.push(point);
    onPoint(swept[way]!, point);
  };
  /** The last run that was begun. */
  let last: Told = { way: -1 };
  const hear = (told: Told) => {
    if (told.calls !== undefined) swept[told.way]!.calls = told.calls;
    if (told.point) add(told.way, told.point);
    else last = told;
  };
  try {
    mkdirSync(join(folder, 'points'));
    writeFileSync(join(folder, 'data.csv'), dataCsv());
    for (let [way, point] = [0, 0]; ; [way, point] = [last.way, last.begun! + 1]) {
      const words = [folder, name, JSON.stringify(ways), String(most), String(way), String(point)];
      const { code, err, isHung } = await session(words, hear);
      if (code === 0) return swept;
      if (last.begun === undefined) throw new Error(`${name}: ${err || `no end after ${LIMIT_SECONDS} s`}`);
      const problem = isHung ? 'no end' : `the process died: ${err}`;
      const { number = 0 } = last;
      add(last.way, { number, what: '', outcome: 'WRONG', problems: [problem], seconds: 0, said: '' });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a session. It hangs if it is silent for longer than a process may run. */
async function session(words: string[], hear: (told: Told) => void) {
  const child = spawn(process.execPath, ['--import', PRELOAD, SESSION, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let isHung = false;
  let err = '';
  child.stderr.on('data', chunk => {
    err += chunk;
  });
  const ended = new Promise<number | null>(resolve => child.on('close', resolve));
  const limit = () =>
    setTimeout(() => {
      isHung = true;
      child.kill('SIGKILL');
    }, 2000 * LIMIT_SECONDS);
  let timer = limit();
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    timer = limit();
    hear(JSON.parse(line) as Told);
  }
  const code = await ended;
  clearTimeout(timer);
  return { code, err, isHung };
}
