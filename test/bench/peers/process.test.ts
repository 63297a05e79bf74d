import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { PeerError, Program } from '../../../bench/peers/process.js';

/** A program of these lines of JavaScript. */
function start(code: string, environment: Record<string, string> = {}): Program {
  const program = new Program([process.execPath, '-e', code], environment);
  onTestFinished(() => program.end());
  return program;
}

const SAY = 'const say = answer => console.log(JSON.stringify(answer));';
const ANSWERS = `${SAY} say({ event: 'ready', versions: { A: '1' } });
  require('readline').createInterface(process.stdin).on('line', line => {
    console.log('a word of a library');
    say({ event: 'burst', steps: 3, seconds: JSON.parse(line).seconds });
  });`;

test('answers requests one after the other, among the words of libraries', async () => {
  const program = start(ANSWERS);
  expect(await program.expect('ready', 20)).toMatchObject({ versions: { A: '1' } });
  for (const seconds of [0.5, 0.25]) {
    expect(await program.ask({ do: 'burst', seconds }, 'burst', 20)).toMatchObject({ steps: 3, seconds });
  }
  await program.close();
});

test('says why a program has ended', async () => {
  const program = start('throw new RangeError("no such thing")');
  await expect(program.expect('ready', 20)).rejects.toThrow('RangeError: no such thing');
  await expect(program.ask({ do: 'burst', seconds: 1 }, 'burst', 20)).rejects.toThrow(PeerError);
});

test('says that there is no such program', async () => {
  const program = new Program(['/nowhere/python'], {});
  await expect(program.expect('ready', 20)).rejects.toThrow('ENOENT');
});

// Whether a process is gone is read from /proc.
test.runIf(process.platform === 'linux')(
  'ends a program that does not answer, and what it has started',
  async () => {
    const program = start(`${SAY}
    const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    say({ event: 'ready', versions: { pid: String(child.pid) } }); setInterval(() => {}, 1000);`);
    const { versions } = await program.expect('ready', 20);
    await expect(program.ask({ do: 'burst', seconds: 1 }, 'burst', 0.1)).rejects.toThrow(
      'no answer within 0.1 s',
    );
    await expect.poll(() => isRunning(Number(versions.pid)), { timeout: 20_000 }).toBe(false);
  },
);

test('hides what the system sets for older builds of OpenBLAS, and sets what is asked for', async () => {
  process.env.OPENBLAS_CORETYPE = 'Prescott';
  onTestFinished(() => {
    delete process.env.OPENBLAS_CORETYPE;
  });
  const program = start(
    `${SAY} say({ event: 'ready', versions: { core: String(process.env.OPENBLAS_CORETYPE), own: process.env.OWN } })`,
    { OWN: '7' },
  );
  expect((await program.expect('ready', 20)).versions).toEqual({ core: 'undefined', own: '7' });
});

/** A process that has ended but was not waited for counts as ended. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
