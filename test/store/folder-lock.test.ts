/** One process at a time: with a live holder, after a killed one, and with any content of the lock file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { lockFolder } from '../../src/store/folder-lock.js';
import { makeFolder } from './folder.js';

const folder = makeFolder();
const MODULE = new URL('../../src/store/folder-lock.js', import.meta.url).href;

function makeRun(name: string): string {
  const run = join(folder, name);
  mkdirSync(run);
  return run;
}

/** A process that locks a folder and runs until it is terminated. */
async function hold(run: string) {
  const program = `
    const { lockFolder } = await import(${JSON.stringify(MODULE)});
    globalThis.lock = await lockFolder(${JSON.stringify(run)});
    process.stdout.write('locked');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

it('is refused while a live process holds it, which is named, and free after that was killed', async () => {
  const run = makeRun('live');
  const child = await hold(run);
  const name = `process ${child.pid} on `;
  await expect(lockFolder(run)).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining(name),
    hint: expect.stringContaining(`kill -INT ${child.pid}`),
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(readFileSync(join(run, 'lockstep.lock'), 'utf8')).toContain(`"pid":${child.pid}`);
  const { problem, release } = await lockFolder(run);
  expect(problem).toBe(null);
  expect(readFileSync(join(run, 'lockstep.lock'), 'utf8')).toContain(`"pid":${process.pid},`);
  await release();
  expect(existsSync(join(run, 'lockstep.lock'))).toBe(false);
});

it.each([
  ['empty', ''],
  ['torn', '{"pid":1,"host":"h'],
  ['of a process of this number', `{"pid":${process.ppid},"host":"h","since":"2026"}\n`],
  ['no text', '\0\xff'.repeat(3000)],
])('ignores a file that is %s but not locked', async (name, text) => {
  const run = makeRun(name);
  writeFileSync(join(run, 'lockstep.lock'), text, 'latin1');
  await (await lockFolder(run)).release();
});

it('reports another process if the file of the lock’s holder is torn', async () => {
  const run = makeRun('torn-held');
  const { release } = await lockFolder(run);
  for (const text of ['', '{"pid":1,"host":"h']) {
    writeFileSync(join(run, 'lockstep.lock'), text);
    await expect(lockFolder(run)).rejects.toMatchObject({
      message: expect.stringContaining('another process'),
    });
  }
  await release();
});

it('is held by one process at a time, however many compete', async () => {
  const run = makeRun('busy');
  let [inside, most, turns] = [0, 0, 0];
  const comeAndGo = async () => {
    while (turns < 100) {
      const lock = await lockFolder(run).catch(() => null);
      if (lock === null) continue;
      most = Math.max(most, ++inside);
      await setImmediate();
      inside--;
      turns++;
      await lock.release();
    }
  };
  await Promise.all(Array.from({ length: 6 }, comeAndGo));
  expect(most).toBe(1);
});

it('does nothing if the path is not a folder', async () => {
  for (const path of [join(folder, 'nowhere'), new URL(import.meta.url).pathname]) {
    await (await lockFolder(path)).release();
    expect(existsSync(join(path, 'lockstep.lock'))).toBe(false);
  }
});

it('does nothing if the folder is not writable', async () => {
  // Root may write to any folder except the kernel's.
  const isRoot = process.getuid?.() === 0;
  const run = isRoot ? '/proc/self' : makeRun('read-only');
  if (!isRoot) chmodSync(run, 0o555);
  const { problem, release } = await lockFolder(run);
  expect(problem).toBeNull();
  await release();
  expect(existsSync(join(run, 'lockstep.lock'))).toBe(false);
  if (!isRoot) chmodSync(run, 0o755);
});

it('reports if the system has no locks, and leaves no file', async () => {
  vi.doMock('fs-native-extensions', () => ({
    tryLock: () => {
      throw Object.assign(new Error('ENOLCK: no locks available, lock'), { code: 'ENOLCK' });
    },
  }));
  const run = makeRun('lockless');
  const { problem, release } = await lockFolder(run);
  expect(problem).toBe(
    `${run} is not locked (ENOLCK: no locks available): let one process at a time write to it.`,
  );
  await release();
  expect(existsSync(join(run, 'lockstep.lock'))).toBe(false);
  vi.doUnmock('fs-native-extensions');
});
