/** Results of commands, from the files of the current folder and what was printed, without what differs from run to run. */
import { readdirSync, readFileSync } from 'node:fs';

/** Weights of the result, and the figures of each epoch. */
export function ofRun(stdout: string): string {
  return `${hashIn('run/summary.json')} ${JSON.parse(stdout).weightsSha256}\n${metricsOf('run')}`;
}

export function metricsOf(run: string): string {
  const lines = readFileSync(`${run}/metrics.jsonl`, 'utf8').trim().split('\n');
  return lines.map(figures).join('\n');
}

export function hashIn(path: string): string {
  return (JSON.parse(readFileSync(path, 'utf8')) as { weightsSha256: string }).weightsSha256;
}

/** What a run measures of itself, or says of the machine. */
const OF_THE_RUN = /seconds|persecond|phases|time|created|started|At$|path|folder|out$|memory|trained/i;

/** A JSON text without what differs from run to run. */
export function figures(text: string): string {
  return JSON.stringify(JSON.parse(text), (key, value) => (OF_THE_RUN.test(key) ? undefined : value));
}

/** The file that TensorBoard reads. */
export function boardBytes(): string {
  const path = filesHere().find(name => name.endsWith('.lockstep'))!;
  return readFileSync(path).toString('hex');
}

/** All files below the current folder. */
export function filesHere(): string[] {
  return readdirSync('.', { recursive: true, encoding: 'utf8' }).map(name => name.replaceAll('\\', '/'));
}
