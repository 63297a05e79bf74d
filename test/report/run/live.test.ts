import { expect, it } from 'vitest';
import { liveContent, livePage } from '../../../src/report/run/live.js';
import { toRuns } from '../../../src/report/run/record.js';
import type { RunFiles } from '../../../src/store/read-run.js';
import { runFiles } from './files.js';

const read = (...files: RunFiles[]) =>
  toRuns(
    files,
    files.map(() => ''),
  );
const config = { ...runFiles('', 0).config, totalSteps: 200 };

it('waits for a run, follows it with the time left, and says how it ended', () => {
  expect(liveContent('a', [], 'waiting')).toEqual({
    title: 'a: waiting',
    body: '<p class="state">Waiting for the run to begin.</p>',
  });
  // 10 steps and half a second an epoch.
  const under = liveContent('a', read(runFiles('a', 15, { config, summary: null })), 'training');
  expect(under.title).toBe('75 % a: training');
  expect(under.body).toContain('Training: step 150 of 200, about 2.50 s left.');
  expect(under.body).toContain('<progress max="1" value="0.75">');
  expect(under.body.match(/^epoch \d+ {2}loss/gm)).toHaveLength(7);
  expect(under.body).toContain('epoch 15  loss 0.06667, accuracy 96.67 %  validation loss');
  expect(under.body).toMatch(/<title id="[\w-]+">Loss<\/title>/);
  const over = liveContent('a', read(runFiles('a', 3, { config })), 'finished').body;
  expect(over).toContain('Finished after 30 steps: epochs.');
  expect(over).toContain('Confusion matrix');
  const killed = liveContent('a', read(runFiles('a', 3, { summary: null })), 'stopped').body;
  expect(killed).toContain('Stopped after 30 steps without an end: it was interrupted or killed.');
  expect(killed).not.toContain('<progress');
});

it('names the fold that the steps are of', () => {
  const parts = (summary: null | undefined) =>
    read(
      runFiles('cv/fold-1', 3, { config }),
      runFiles('cv/fold-2', 2, { config, ...(summary === null && { summary }) }),
    );
  expect(liveContent('cv', parts(null), 'training').body).toContain('Training, fold-2: step 20 of 200,');
  expect(liveContent('cv', parts(null), 'stopped').body).toContain('Stopped, fold-2 after 20 steps');
  expect(liveContent('cv', parts(undefined), 'finished').body).toContain(
    'Finished, fold-2 after 20 steps: epochs.',
  );
});

it('escapes names', () => {
  const hostile = '<script>alert(1)</script>';
  expect(livePage(hostile, '0.1.0', 'n')).not.toContain(hostile);
  expect(liveContent(hostile, read(runFiles(hostile, 2)), 'training').body).not.toContain(hostile);
});
