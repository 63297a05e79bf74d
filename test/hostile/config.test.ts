/** Config files that make a YAML parser take too long or crash the process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfigFile } from '../../src/config/config-file.js';
import { makeFolder } from '../store/folder.js';

const path = join(makeFolder(), 'any.yaml');
const LEVELS = `${path}: expected at most 50 levels of lists and mappings, got more.`;
const BYTES = `${path}: expected at most 64 KiB of options, got more.`;

describe('a config file is refused', () => {
  it.each<[string, string, string]>([
    ['of lists without end', '['.repeat(60_000), LEVELS],
    ['of mappings without end', '{a: '.repeat(16_000), LEVELS],
    ['of keys without end', '? '.repeat(30_000), LEVELS],
    ['of items without end', '- '.repeat(30_000), LEVELS],
    [
      'of indents without end',
      Array.from({ length: 300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      LEVELS,
    ],
    ['of lists just too deep', `lr: ${'['.repeat(49)}${']'.repeat(49)}`, LEVELS],
    ['larger than any is', '#'.repeat(65_537), BYTES],
    [
      'that is a set',
      '%YAML 1.1\n--- !!set\n? lr\n',
      `${path}: expected names and values, got an object of another kind.`,
    ],
  ])('%s', async (_, text, message) => {
    writeFileSync(path, text);
    await expect(readConfigFile(path)).rejects.toMatchObject({ code: 'usage', message });
  });

  it.runIf(process.platform !== 'win32')('if it never ends', async () => {
    await expect(readConfigFile('/dev/zero')).rejects.toMatchObject({
      code: 'usage',
      message: '/dev/zero: expected at most 64 KiB of options, got more.',
    });
  });
});

it('accepts a config file of the maximum size and depth', async () => {
  writeFileSync(path, `lr: ${'['.repeat(47)}${']'.repeat(47)}\n`.padEnd(65_536, '#'));
  expect(Object.keys((await readConfigFile(path)).options)).toEqual(['lr']);
});
