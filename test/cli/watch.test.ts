/** lockstep watch: a run that begins later, ends, and the end of watching by Ctrl-C. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI, makeFolder, runInside } from './lockstep.js';

const cwd = makeFolder();

it('waits for a run, shows how it ends, and ends itself with code 0 on a signal', async () => {
  const watch = spawn(process.execPath, [CLI, 'watch', 'later', '--json'], { cwd });
  const ended = once(watch, 'exit');
  const [line] = await once(watch.stdout, 'data');
  const { url } = JSON.parse(String(line)) as { url: string };
  expect(await (await fetch(url)).text()).toContain('<h1>Training run later</h1>');
  const reader = (await fetch(`${url}events`)).body!.getReader();
  let text = '';
  const heard = async (words: string) => {
    while (!text.includes(words)) text += Buffer.from((await reader.read()).value!).toString();
  };
  await heard('Waiting for the run to begin.');
  await runInside('train synthetic:60x3x2 --hidden 2 --epochs 2 --quiet --out later'.split(' '), { cwd });
  await heard('Finished after');
  expect(text).toContain('>Loss</title>');
  // Size and time of a file need not tell that it has changed.
  const path = join(cwd, 'later', 'summary.json');
  const { atime, mtime } = statSync(path);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"epochs"', '"signal"'));
  utimesSync(path, atime, mtime);
  await heard('signal');
  watch.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});
