/** Threads that are asked for their stacks go on afterwards, whatever they were doing. */
import inspector from 'node:inspector';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { stacksOfWorkers } from '../../src/threads/stacks.js';

let worker: Worker | null = null;

afterEach(async () => {
  await worker?.terminate();
  inspector.close();
});

/** Starts a thread that runs this program, and then replies to each message. */
function start(program: string): Worker {
  worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', message => parentPort.postMessage(message));
    ${program}`,
    { eval: true },
  );
  return worker;
}

const nextMessage = (from: Worker) => new Promise(resolve => from.once('message', resolve));

/** Whether the stack of the worker says this. */
async function tells(from: Worker, milliseconds: number): Promise<string> {
  const { threadId } = from;
  const stack = (await stacksOfWorkers(milliseconds)).find(({ thread }) => thread === threadId);
  return stack?.calls?.join('\n') ?? 'no answer';
}

describe('the stacks of threads', () => {
  it('leave a thread as it was', async () => {
    const thread = start(
      `parentPort.postMessage('begun');
      (function waitForEver() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500); })();`,
    );
    await nextMessage(thread);
    expect(await tells(thread, 10_000)).toContain('waitForEver');
    thread.postMessage('alive');
    expect(await nextMessage(thread)).toBe('alive');
  });

  it('let a thread go on that returns from native code after nobody waits for its answer', async () => {
    // How long a call takes depends on the machine: one is made that takes half a second or so.
    const thread = start(
      `const { pbkdf2Sync } = require('node:crypto');
      const begun = performance.now();
      pbkdf2Sync('', '', 2e4, 64, 'sha512');
      const rounds = 500 * 2e4 / (performance.now() - begun);
      parentPort.postMessage('begun');
      pbkdf2Sync('', '', Math.ceil(rounds), 64, 'sha512');`,
    );
    await nextMessage(thread);
    expect(await tells(thread, 20)).toBe('no answer');
    thread.postMessage('alive');
    expect(await nextMessage(thread)).toBe('alive');
  });

  it('are not asked for while a debugger is open, whose threads would go on', async () => {
    inspector.open(0, '127.0.0.1');
    await expect(stacksOfWorkers(10)).rejects.toThrow('this Node.js has a debugger open');
  });
});
