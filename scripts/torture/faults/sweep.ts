/** Disturbs one command in one way, in a process that is replaced whenever it dies or hangs. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Kind } from '../calls/control.js';
import { dataCsv } from './cases.js';
import type { Outcome } from './judge.js';

export const PRELOAD = new URL('../calls/preload.js', import.meta.url).href;
const SESSION = fileURLToPath(new URL('./session.js', import.meta.url));

/** How long a disturbed run, and what is looked at afterwards, may take. */
export const LIMIT_SECONDS = 120;

export interface Sweep {
  /** Name of a case. */
  name: string;
  kind: Kind;
  /** Only every so many calls fail. */
  stride?: number;
  /** The call that fails in the first run; by default the first. */
  from?: number;
  /** Whether all later calls fail too. */
  isLasting?: boolean;
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

/** What a session prints. */
interface Told extends Partial<Point> {
  number: number;
  calls?: number;
  isLast?: true;
}

/** Returns the runs, and the calls of an undisturbed one. */
export async function sweep(
  { name, kind, stride = 1, from = 0, isLasting = false }: Sweep,
  onPoint: (point: Point) => void = () => {},
): Promise<{ points: Point[]; calls: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-faults-'));
  const points: Point[] = [];
  const add = (point: Point) => {
    points.push(point);
    onPoint(point);
  };
  try {
    mkdirSync(join(folder, 'points'));
    writeFileSync(join(folder, 'data.csv'), dataCsv());
    for (let first = from; ; ) {
      const words = [folder, name, kind, String(first), String(stride), isLasting ? 'always' : 'once'];
      const { begun, last, err, isHung } = await session(words, add);
      if (last) return { points, calls: last.calls! };
      if (begun === null) throw new Error(`${name}: ${err}`);
      const problem = isHung ? `no end after ${LIMIT_SECONDS} s` : `the process died: ${err}`;
      add({ number: begun, what: '', outcome: 'WRONG', problems: [problem], seconds: 0, said: '' });
      first = begun + stride;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a session. Returns the last run that it began, and the one in which nothing failed. */
async function session(words: string[], add: (point: Point) => void) {
  const child = spawn(process.execPath, ['--import', PRELOAD, SESSION, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let begun: number | null = null;
  let last: Told | null = null;
  let isHung = false;
  let err = '';
  child.stderr.on('data', chunk => {
    err += chunk;
  });
  const ended = new Promise(resolve => child.on('close', resolve));
  const limit = () =>
    setTimeout(() => {
      isHung = true;
      child.kill('SIGKILL');
    }, 1000 * LIMIT_SECONDS);
  let timer = limit();
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    timer = limit();
    const told = JSON.parse(line) as Told;
    begun = told.number;
    if (told.isLast) last = told;
    else if (told.outcome) add(told as Point);
  }
  await ended;
  clearTimeout(timer);
  return { begun, last, err, isHung };
}
