/** Lines of metrics.jsonl after an interruption. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mendMetrics, syncMetrics } from '../../src/store/metrics-file.js';
import { makeFolder } from './folder.js';

const folder = makeFolder();

describe('mending metrics.jsonl', () => {
  const upTo = (epochs: number) => Array.from({ length: epochs }, (_, i) => `{"epoch":${i + 1}}\n`).join('');

  it.each([
    ['a torn last line', `${upTo(3)}{"epoch":4,"lo`, upTo(3)],
    ['a torn line that was written after', `${upTo(2)}{"epo{"epoch":3}\n{"epoch":3}\n`, upTo(3)],
    ['lines of later epochs', upTo(5), upTo(3)],
    ['nothing', '', ''],
    ['something else', 'null\n7\n"text"\n[]\n', ''],
  ])('removes %s', async (name, before, after) => {
    const run = join(folder, name.replaceAll(' ', '-'));
    mkdirSync(run);
    writeFileSync(join(run, 'metrics.jsonl'), before);
    await mendMetrics(run, ({ epoch }) => Number(epoch) <= 3);
    expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8')).toBe(after);
    expect(readdirSync(run)).toEqual(['metrics.jsonl']);
  });

  it('creates no file if there is none', async () => {
    const run = join(folder, 'no-metrics');
    mkdirSync(run);
    await mendMetrics(run, () => true);
    await syncMetrics(run);
    expect(readdirSync(run)).toEqual([]);
  });
});
