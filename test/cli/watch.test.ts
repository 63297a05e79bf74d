/** lockstep watch: a run that begins later, ends, and the end of watching by Ctrl-C. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CLI, makeFolder, runInside } from './lockstep.js';

const cwd = makeFolder();

/** A process that watches, the address of its page, and what the page hears. */
async function watchRun(run: string) {
  const watch = spawn(process.execPath, [CLI, 'watch', run, '--json'], { cwd });
  const ended = once(watch, 'exit');
  const [line] = await once(watch.stdout, 'data');
  const { url } = JSON.parse(String(line)) as { url: string };
  const reader = (await fetch(`${url}events`)).body!.getReader();
  let text = '';
  const heard = async (words: string) => {
    while (!text.includes(words)) text += Buffer.from((await reader.read()).value!).toString();
    return text;
  };
  return { watch, ended, url, heard };
}

it('waits for a run, shows how it ends, and ends itself with code 0 on a signal', async () => {
  const { watch, ended, url, heard } = await watchRun('later');
  expect(await (await fetch(url)).text()).toContain('<h1>Training run later</h1>');
  await heard('Waiting for the run to begin.');
  await runInside('train synthetic:60x3x2 --hidden 2 --epochs 2 --quiet --out later'.split(' '), { cwd });
  expect(await heard('Finished after')).toContain('>Loss</title>');
  // Size and time of a file need not tell that it has changed.
  const path = join(cwd, 'later', 'summary.json');
  const { atime, mtime } = statSync(path);
  writeFileSync(path, readFileSync(path, 'utf8').replace('"epochs"', '"signal"'));
  utimesSync(path, atime, mtime);
  await heard('signal');
  watch.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});

it('tells a cross-validation that was killed between two folds from one that is finished', async () => {
  await runInside('train synthetic:60x3x2 --hidden 2 --epochs 1 --folds 2 --quiet --out cv'.split(' '), {
    cwd,
  });
  rmSync(join(cwd, 'cv', 'summary.json'));
  rmSync(join(cwd, 'cv', 'fold-2'), { recursive: true });
  const { watch, ended, heard } = await watchRun('cv');
  await heard('Stopped, fold-1 after');
  watch.kill('SIGINT');
  await ended;
});

it('follows the trial of a search that has not ended, then the best one', async () => {
  const line =
    'tune synthetic:60x3x2 --validation 0.2 --space hidden=2|3 --trials 2 --epochs 2 --quiet --out search';
  await runInside(line.split(' '), { cwd });
  const journal = readFileSync(join(cwd, 'search', 'trials.jsonl'), 'utf8');
  const tuning = readFileSync(join(cwd, 'search', 'tune.json'), 'utf8');
  rmSync(join(cwd, 'search', 'tune.json'));
  rmSync(join(cwd, 'search', 'trials', '0002', 'summary.json'));
  writeFileSync(join(cwd, 'search', 'trials.jsonl'), `${journal.split('\n').slice(0, 2).join('\n')}\n`);
  const { watch, ended, heard } = await watchRun('search');
  await heard('Stopped after');
  writeFileSync(join(cwd, 'search', 'tune.json'), tuning);
  await heard('Finished after');
  watch.kill('SIGINT');
  await ended;
});
