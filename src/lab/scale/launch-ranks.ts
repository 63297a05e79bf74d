/** Runs one measurement on several ranks: starts the launcher, and reads the answer of rank 0 from its output. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { failure } from '../../errors.js';
import { launchWords } from '../../ranks/mpirun.js';
import type { Reply, SampleTask } from './tasks.js';

const RANK = fileURLToPath(new URL('./rank-child.js', import.meta.url));
/** How long a launcher may take to end its ranks. */
const END_MILLISECONDS = 10_000;
/** So many of the last lines of a launcher that failed are shown. */
const LINES = 20;

/** The answer; null if the signal came first. @throws failed if the launcher can't be started, or ends without an answer */
export function launchRanks(task: SampleTask, signal: AbortSignal | null): Promise<Reply | null> {
  const words = launchWords(task.configuration.launcher!, task.setup.ranks);
  const [program, ...args] = [
    ...words,
    process.execPath,
    RANK,
    Buffer.from(JSON.stringify(task)).toString('base64'),
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', chunk => {
        said[name] += chunk;
      });
    }
    const stop = () => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), END_MILLISECONDS).unref();
    };
    signal?.addEventListener('abort', stop);
    child.on('error', ({ message }) =>
      reject(failure(`${program}: cannot be started: ${message}.`, 'Is it installed, and in the PATH?')),
    );
    child.on('close', (code, killedBy) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) return resolve(null);
      const line = said.stdout.split(/\r?\n/).find(text => text.startsWith('{"ok":'));
      if (line !== undefined) return resolve(JSON.parse(line) as Reply);
      const end = killedBy ?? `exit code ${code}`;
      const last = said.stderr.trim().split('\n').slice(-LINES).join('\n');
      reject(failure(`${words.join(' ')}: expected an answer of rank 0, got ${end}.`, last || undefined));
    });
  });
}
