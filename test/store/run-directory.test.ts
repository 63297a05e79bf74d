/** The folder of a run: created, named, refused, and filled. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendMetrics } from '../../src/store/metrics-file.js';
import { createRunDirectory } from '../../src/store/run-directory.js';
import { modelPath, writeConfig } from '../../src/store/run-files.js';
import { makeFolder } from './folder.js';

const folder = makeFolder();

describe('createRunDirectory', () => {
  it('creates the folder with its parents', async () => {
    const path = join(folder, 'deep', 'er');
    expect(await createRunDirectory(path)).toBe(path);
    expect(readdirSync(path)).toEqual([]);
  });

  it('accepts an existing folder with other files', async () => {
    const path = join(folder, 'notes');
    mkdirSync(path);
    writeFileSync(join(path, 'notes.txt'), '');
    expect(await createRunDirectory(path)).toBe(path);
  });

  it.each(['config.json', 'metrics.jsonl', 'model.safetensors', 'checkpoints'])(
    'refuses a folder that contains %s',
    async name => {
      const path = join(folder, `has-${name}`);
      mkdirSync(path);
      writeFileSync(join(path, name), 'kept');
      await expect(createRunDirectory(path)).rejects.toMatchObject({
        code: 'usage',
        message: `${path} holds a run already: ${name}.`,
      });
      expect(readFileSync(join(path, name), 'utf8')).toBe('kept');
    },
  );

  it('reports that the folder cannot be created', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(createRunDirectory(join(file, 'run'))).rejects.toMatchObject({
      code: 'failed',
      message: `${join(file, 'run')}: expected a folder that can be made, got ENOTDIR: not a directory.`,
    });
    await expect(createRunDirectory(file)).rejects.toMatchObject({ code: 'failed' });
  });

  it.runIf(process.platform === 'linux')(
    'reports that an existing folder does not allow new ones',
    async () => {
      for (const path of ['/proc/lockstep', '/proc/lockstep/deeper/run']) {
        await expect(createRunDirectory(path)).rejects.toMatchObject({
          code: 'failed',
          message: expect.stringMatching(/: expected a folder that can be made, got ENOENT/),
        });
      }
    },
  );

  it('names it by local time under the parent, with a number if that exists', async () => {
    const now = new Date(2026, 10, 24, 1, 49, 30);
    const paths = await Promise.all([1, 2, 3].map(() => createRunDirectory(null, { now, parent: folder })));
    expect(paths.sort()).toEqual(['', '-2', '-3'].map(suffix => join(folder, `20261124-014930${suffix}`)));
    expect(paths.every(existsSync)).toBe(true);
  });
});

describe('the files of a run', () => {
  it('are the configuration, a line for each record, and the path of the model', async () => {
    const run = await createRunDirectory(join(folder, 'run'));
    await writeConfig(run, { seed: 7, hidden: [128] });
    await appendMetrics(run, { epoch: 1, loss: 0.5 });
    await appendMetrics(run, { epoch: 2, loss: null });
    expect(JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'))).toEqual({ seed: 7, hidden: [128] });
    expect(readFileSync(join(run, 'metrics.jsonl'), 'utf8')).toBe(
      '{"epoch":1,"loss":0.5}\n{"epoch":2,"loss":null}\n',
    );
    expect(modelPath(run)).toBe(join(run, 'model.safetensors'));
    expect(readdirSync(run).sort()).toEqual(['config.json', 'metrics.jsonl']);
  });

  it('cannot be written if the folder is gone', async () => {
    const gone = join(folder, 'gone');
    await expect(writeConfig(gone, {})).rejects.toMatchObject({ code: 'failed' });
    await expect(appendMetrics(gone, {})).rejects.toThrow(
      `${join(gone, 'metrics.jsonl')}: expected a file that can be added to, got ENOENT: no such file or directory.`,
    );
  });
});
