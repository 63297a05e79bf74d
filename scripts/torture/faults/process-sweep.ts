/**
 * Disturbs one command in one way, in a process for each call that fails: what it remembers of its memory, its machine code or
 * its libraries would change the next run.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI } from '../process.js';
import { type Case, caseNamed, dataCsv } from './cases.js';
import { judgeEnd, judgeLeft, remainingOf, resultsOf } from './judge.js';
import type { Ended } from './run-here.js';
import { LIMIT_SECONDS, type Point, PRELOAD, type Sweep } from './sweep.js';

/** Returns the runs in which a call failed, and the calls of one. */
export async function processSweep(
  { name, kind, stride = 1, from = 0, isLasting = false }: Sweep,
  onPoint: (point: Point) => void = () => {},
): Promise<{ points: Point[]; calls: number }> {
  const one = caseNamed(name);
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-faults-'));
  const back = process.cwd();
  const points: Point[] = [];
  try {
    writeFileSync(join(folder, 'data.csv'), dataCsv());
    const expected = await undisturbed(one, folder);
    for (let number = from; ; number += stride) {
      enter(folder, String(number));
      const begun = performance.now();
      const report = join(folder, 'report.json');
      rmSync(report, { force: true });
      const env = {
        LOCKSTEP_FAULT: `${kind}:${number}${isLasting ? ':always' : ''}`,
        LOCKSTEP_FAULT_REPORT: report,
      };
      const ended = await runProcess(one.line, ['--import', PRELOAD], env);
      const seconds = (performance.now() - begun) / 1000;
      const told = existsSync(report)
        ? JSON.parse(readFileSync(report, 'utf8'))
        : { calls: 0, fired: 1, what: '' };
      if (told.fired === 0) return { points, calls: told.calls };
      const { outcome, problems } = judgeEnd(one, ended, expected, told.what);
      problems.push(
        ...(await judgeLeft(one, expected, { run: runProcess, mayRemain: remainingOf(told.what) })),
      );
      const point = { number, what: told.what, outcome, problems, seconds, said: ended.err };
      points.push(point);
      onPoint(point);
      process.chdir(folder);
      rmSync(join(folder, 'points', String(number)), { recursive: true, force: true });
    }
  } finally {
    process.chdir(back);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The results of each of the backends that a process may fall back to, in another class of arithmetic. */
async function undisturbed(one: Case, folder: string): Promise<string[]> {
  const expected: string[] = [];
  for (const backend of ['native', 'wasm']) {
    enter(folder, backend);
    const flag = one.takesBackend ? ` --backend ${backend}` : '';
    for (const line of one.given) await must(line);
    if (one.given.length > 0 && !existsSync(join(folder, 'given'))) {
      cpSync('.', join(folder, 'given'), { recursive: true, preserveTimestamps: true });
    }
    expected.push(resultsOf(one, (await must(one.line + flag)).out));
  }
  return expected;
}

async function must(line: string): Promise<Ended> {
  const ended = await runProcess(line);
  if (ended.code !== 0) throw new Error(`${line}: ${ended.err}`);
  return ended;
}

/** Makes a folder with what is there before the command runs, and goes there. */
function enter(folder: string, name: string): void {
  const path = join(folder, 'points', name);
  mkdirSync(path, { recursive: true });
  const given = join(folder, 'given');
  if (existsSync(given)) cpSync(given, path, { recursive: true, preserveTimestamps: true });
  mkdirSync(join(path, 'tmp'), { recursive: true });
  process.chdir(path);
}

/** Runs a line in a process of its own, in the current folder. */
async function runProcess(line: string, flags: string[] = [], env = {}): Promise<Ended> {
  const child = spawn(process.execPath, [...flags, CLI, ...line.split(' ')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: join(process.cwd(), 'tmp'), ...env },
  });
  const ended: Ended = { code: -1, out: '', err: '', uncaught: [] };
  child.stdout.on('data', chunk => {
    ended.out += chunk;
  });
  child.stderr.on('data', chunk => {
    ended.err += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 1000 * LIMIT_SECONDS);
  await new Promise<void>(resolve => {
    child.on('close', (code, signal) => {
      ended.code = code ?? 128 + constants.signals[signal!];
      resolve();
    });
  });
  clearTimeout(timer);
  if (ended.code === 137) ended.uncaught.push(`no end after ${LIMIT_SECONDS} s`);
  return ended;
}
