/**
 * A measured program: started once, then asked for one thing at a time by lines of JSON. It is ended, with all processes that
 * it started, if it doesn't answer in time, and when we end.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Order, TrainedEvent } from './mnist-order.js';
import { makeTemporaryFolder } from './temporary.js';

export type Request =
  /** Sets up the cell in a folder, takes one step, and writes the weights to a file. */
  | { do: 'open'; folder: string; after: string }
  /** Takes steps for about so long. */
  | { do: 'burst'; seconds: number }
  | Order;

export type Answer =
  | { event: 'ready'; versions: Record<string, string> }
  | { event: 'opened' }
  | { event: 'burst'; steps: number; seconds: number; description?: string }
  | TrainedEvent;

/** Why a program has no figure. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
}

export type Environment = Readonly<Record<string, string>>;

/**
 * Older builds of OpenBLAS need these on some processors, and systems set them. Those measured here know the processors, and
 * would be slower.
 */
const UNSET = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'];

const CLOSE_MILLISECONDS = 5000;

/** Process groups that must not outlive us. */
const running = new Set<number>();
process.on('exit', () => running.forEach(endGroup));
/** A folder in memory for what processes share (ranks.py). It is ours, so that it goes even if they are ended. */
let memory: string | null = null;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => process.exit(code));
}

export class Program {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #answers: AsyncIterator<string>;
  #errors = '';

  constructor([command = '', ...args]: readonly string[], environment: Environment) {
    memory ??= makeTemporaryFolder(existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
    const inherited = Object.entries(process.env).filter(([name]) => !UNSET.includes(name));
    this.#child = spawn(command, args, {
      env: { ...Object.fromEntries(inherited), PEER_MEMORY: memory, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A process group of its own, so that what it starts ends with it.
      detached: true,
    });
    const { pid, stdin, stdout, stderr } = this.#child;
    if (pid !== undefined) running.add(pid);
    this.#child.on('error', error => {
      this.#errors += `\n${error.message}`;
    });
    // A program that has ended takes no more requests: what matters is that it does not answer.
    stdin.on('error', () => {});
    stderr.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-8192);
    });
    this.#answers = createInterface(stdout)[Symbol.asyncIterator]();
  }

  /** Sends a request and waits for its answer. @throws PeerError if there is none */
  async ask<E extends Answer['event']>(
    request: Request,
    expected: E,
    seconds: number,
  ): Promise<Extract<Answer, { event: E }>> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    return this.expect(expected, seconds);
  }

  /** Waits for an answer. @throws PeerError if there is none in time; the program is ended then */
  async expect<E extends Answer['event']>(
    expected: E,
    seconds: number,
  ): Promise<Extract<Answer, { event: E }>> {
    let late = false;
    const timer = globalThis.setTimeout(() => {
      late = true;
      this.end();
    }, seconds * 1000);
    try {
      for (;;) {
        const { value, done } = await this.#answers.next();
        if (done) break;
        const answer = parseAnswer(value);
        if (answer?.event === expected) return answer as Extract<Answer, { event: E }>;
      }
    } finally {
      clearTimeout(timer);
    }
    this.end();
    throw new PeerError(
      late ? `no answer within ${seconds} s` : lastWords(this.#errors) || 'ended without a word',
    );
  }

  /** Ends its input, upon which it ends by itself, and waits for that. */
  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.stdin.end();
      await Promise.race([once(this.#child, 'exit'), setTimeout(CLOSE_MILLISECONDS, null, { ref: false })]);
    }
    this.end();
  }

  /** Ends it at once. */
  end(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    running.delete(pid);
    endGroup(pid);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}

/** The answer on a line; null for the lines of libraries. */
function parseAnswer(line: string): Answer | null {
  if (!line.startsWith('{"event"')) return null;
  try {
    return JSON.parse(line) as Answer;
  } catch {
    return null;
  }
}

/** The line of a stack trace with the error message: Python prints it last, Node.js after the source line. */
function lastWords(errors: string): string {
  const lines = errors.split('\n').map(line => line.trim());
  const named = lines.filter(line => /^(\w+\.)*\w*(Error|Exception)\b/.test(line));
  return named.at(-1) ?? lines.filter(Boolean).at(-1) ?? '';
}
