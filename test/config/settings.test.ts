import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  checkOptions,
  defaults,
  type Given,
  readSettings,
  writeSettings,
} from '../../src/config/settings.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a config file and returns its path. */
function configFile(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('options of the line', () => {
  it('are the defaults if nothing is given', async () => {
    expect((await readSettings('train', {})).settings).toEqual(defaults());
  });

  it('become values of their kinds', () => {
    const given = { hidden: '128,64', 'batch-size': 'full', lr: '0.5', 'no-shuffle': true, json: true };
    expect(checkOptions('train', given, null)).toEqual({
      hidden: [128, 64],
      batchSize: 'full',
      lr: 0.5,
      shuffle: false,
      json: true,
    });
  });

  it.each<[Given, string, string]>([
    [
      { 'batch-size': '0' },
      '--batch-size: expected full or a whole number from 1, got 0.',
      'Try --batch-size 1024.',
    ],
    [{ lr: 'fast' }, '--lr: expected a number above 0 that float32 can hold, got "fast".', 'Try --lr 0.001.'],
    [{ epochs: true }, '--epochs: expected a whole number from 1, got nothing.', 'Try --epochs 30.'],
    [{ seed: ['1', '2'] }, '--seed: expected a whole number from 0, got ["1","2"].', 'Try --seed 1.'],
    [{ epoch: '3' }, '--epoch is not an option of lockstep train.', 'Did you mean --epochs?'],
    [{ 'learning-rate': '1' }, '--learning-rate is not an option of lockstep train.', 'Did you mean --lr?'],
    [{ batch_size: '1' }, '--batch_size is not an option of lockstep train.', 'Did you mean --batch-size?'],
    [
      { layers: '1' },
      '--layers is not an option of lockstep train; bench and scale take it.',
      'Did you mean --hidden?',
    ],
    [{ x: true }, '-x is not an option of lockstep train.', 'Did you mean --features?'],
    [
      { constructor: '1' },
      '--constructor is not an option of lockstep train.',
      'lockstep train --help lists them.',
    ],
  ])('are refused: %j', (given, message, hint) => {
    expect(() => checkOptions('train', given, null)).toThrow(
      expect.objectContaining({ code: 'usage', message, hint }),
    );
  });

  it('without a value are refused, also a list, as --from "$EARLIER" with a variable that is not set', () => {
    expect(() => checkOptions('tune', { from: '' }, null)).toThrow(
      '--from: expected a folder, or several with commas between them, got nothing.',
    );
  });

  it('of another command are refused, and the commands that take them are named', () => {
    expect(() => checkOptions('evaluate', { lr: '1' }, null)).toThrow(
      '--lr is not an option of lockstep evaluate; train, verify and tune take it.',
    );
  });

  it('are cut short in messages', () => {
    expect(() => checkOptions('train', { lr: 'x'.repeat(200) }, null)).toThrow(/got "x{59}…\./);
  });
});

describe('options of a config file', () => {
  it.each([
    ['YAML', 'run.yaml', 'batch-size: 1024\nhidden: [128, 64]\nno-shuffle: true\nvalidation: test.csv\n'],
    [
      'JSON',
      'run.json',
      '{"batch-size": 1024, "hidden": "128,64", "no-shuffle": true, "validation": "test.csv"}',
    ],
    [
      'a run',
      'config.json',
      '{"data": "a.csv", "options": {"batch-size": 1024, "hidden": [128, 64], "no-shuffle": true, "validation": "test.csv"}}',
    ],
  ])('are read from %s', async (_, name, content) => {
    const config = configFile(name, content);
    expect((await readSettings('train', { config })).settings).toEqual({
      ...defaults(),
      config,
      batchSize: 1024,
      hidden: [128, 64],
      shuffle: false,
      validation: 'test.csv',
    });
  });

  it('are overridden by the command line', async () => {
    const config = configFile('line.yaml', 'lr: 0.5\nepochs: 3\n');
    const { settings } = await readSettings('train', { config, lr: '0.25' });
    expect([settings.lr, settings.epochs]).toEqual([0.25, 3]);
  });

  it('may be none', async () => {
    const config = configFile('empty.yaml', '# nothing yet\n');
    expect((await readSettings('train', { config })).settings).toEqual({ ...defaults(), config });
  });

  it.each([
    ['lr: 0', 'FILE, lr: expected a number above 0 that float32 can hold, got 0.', 'Try lr: 0.001.'],
    ['epochs:', 'FILE, epochs: expected a whole number from 1, got nothing.', 'Try epochs: 30.'],
    ['json: maybe', 'FILE, json: expected true or false, got "maybe".', 'Try json: true.'],
    ['batchsize: 4', 'FILE, batchsize is not an option of lockstep train.', 'Did you mean batch-size?'],
    ['config: other.yaml', 'FILE, config: a config file cannot name another one; got other.yaml.', undefined],
    ['- lr', 'FILE: expected names and values, got a list.', undefined],
    ['lr', 'FILE: expected names and values, got a string.', undefined],
    [
      'lr: 1\nlr: 2',
      'FILE: expected YAML or JSON, got an error: Map keys must be unique at line 2, column 1.',
      undefined,
    ],
    [
      'lr: [1,',
      expect.stringMatching(/FILE: expected YAML or JSON, got an error: Flow sequence .*\.$/),
      undefined,
    ],
    ['a: &a [x]\nb: *a', expect.stringContaining('Alias resolution is disabled'), undefined],
  ])('are refused: %j', async (content, message, hint) => {
    const config = configFile('wrong.yaml', content);
    const error = await readSettings('train', { config }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'usage', ...(hint === undefined ? {} : { hint }) });
    expect((error as Error).message.replace(config, 'FILE')).toEqual(message);
  });

  it('are refused if they are nested without end', async () => {
    const config = configFile('deep.yaml', `lr: ${'['.repeat(20_000)}`);
    await expect(readSettings('train', { config })).rejects.toThrow(`${config}: expected at most 50 levels`);
  });

  it.each([
    ['it does not exist', join(folder, 'none.yaml'), 'ENOENT'],
    ['it is a folder', folder, 'EISDIR'],
  ])('are refused if %s', async (_, config, code) => {
    await expect(readSettings('train', { config })).rejects.toMatchObject({
      code: 'failed',
      message: `--config ${config}: expected a YAML or JSON file, got ${code}.`,
    });
  });
});

describe('settings as a run keeps them', () => {
  it('are read back unchanged', async () => {
    const line = { hidden: '', 'batch-size': 'full', 'no-header': true, target: 'a,b', validation: '0.2' };
    const { settings } = await readSettings('train', line);
    const config = configFile('kept.json', JSON.stringify({ options: writeSettings('train', settings) }));
    expect((await readSettings('train', { config })).settings).toEqual({ ...settings, config });
  });

  it('leave out options for output, and options that were not given', () => {
    const kept = writeSettings('train', { ...defaults(), out: 'runs/a', json: true });
    expect(kept).not.toHaveProperty('out');
    expect(kept).not.toHaveProperty('json');
    expect(kept).not.toHaveProperty('target');
    expect(kept).toMatchObject({ hidden: [128], 'no-shuffle': false, seed: 1 });
  });
});
