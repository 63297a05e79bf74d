/** Runs one measurement on several ranks: starts the launcher, and reads the answer of rank 0 from its output. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { failure } from '../../errors.js';
import { launchWords } from '../../ranks/mpirun.js';
import type { Reply, SampleTask } from './tasks.js';

const RANK = fileURLToPath(new URL('./rank-child.js', import.meta.url));
/** How long a launcher may take to end: its ranks after a signal, itself after the answer. */
const END_MILLISECONDS = 10_000;
/** How long output may still come after the end of the launcher. */
const CLOSE_MILLISECONDS = 2000;
/** So many of the last lines of a launcher that failed are shown. */
const LINES = 20;

/** The answer; null if the signal came first. @throws failed if the launcher can't be started, or ends without an answer */
export async function launchRanks(task: SampleTask, signal: AbortSignal | null): Promise<Reply | null> {
  const words = launchWords(task.configuration.launcher!, task.setup.ranks);
  const [program, ...args] = [
    ...words,
    process.execPath,
    RANK,
    Buffer.from(JSON.stringify(task)).toString('base64'),
  ];
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), END_MILLISECONDS).unref();
  };
  signal?.addEventListener('abort', stop);
  const said = { stdout: '', stderr: '' };
  const answer = () =>
    said.stdout
      .split(/\r?\n/)
      .slice(0, -1)
      .find(line => line.startsWith('{"ok":'));
  let isAnswered = false;
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', text => {
      said[name] += text;
      if (isAnswered || answer() === undefined) return;
      isAnswered = true;
      // A launcher may wait for its other half long after all ranks have ended.
      setTimeout(stop, END_MILLISECONDS).unref();
    });
  }
  const closed = new Promise(resolve => child.on('close', resolve));
  let end: string;
  try {
    const [code, killedBy] = await once(child, 'exit');
    end = killedBy ?? `exit code ${code}`;
  } catch (error) {
    const { message } = error as Error;
    throw failure(`${program}: cannot be started: ${message}.`, 'Is it installed, and in the PATH?');
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  // What the launcher has started may hold the pipes.
  await Promise.race([closed, sleep(CLOSE_MILLISECONDS, null, { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
  if (signal?.aborted) return null;
  const line = answer();
  if (line !== undefined) return JSON.parse(line) as Reply;
  const last = said.stderr.trim().split('\n').slice(-LINES).join('\n');
  throw failure(`${words.join(' ')}: expected an answer of rank 0, got ${end}.`, last || undefined);
}
