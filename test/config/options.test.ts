import { describe, expect, it } from 'vitest';
import { plainValue, typedText } from '../../src/config/kinds.js';
import { optionsMarkdown } from '../../src/config/markdown.js';
import {
  COMMAND_NAMES,
  describeDefault,
  GROUPS,
  nameOf,
  OPTION_KEYS,
  OPTIONS,
  optionOf,
  optionsOf,
} from '../../src/config/options.js';
import { ACTIVATIONS } from '../../src/kernels/activations.js';
import { BACKENDS } from '../../src/kernels/kernels.js';
import { INIT_SCHEMES } from '../../src/model/init.js';
import { LOSSES } from '../../src/model/network.js';
import { nearest } from '../../src/nearest.js';

describe('every option', () => {
  it.each(OPTION_KEYS)('%s has a default, an example and a command that are valid', key => {
    const { kind, default: value, example, commands, help } = optionOf(key);
    // As a shell passes the word.
    const raw = kind.takesValue ? example.replace(/^(["'])(.*)\1$/, '$2') : true;
    const read = kind.read(raw);
    expect(read).not.toBeUndefined();
    if (kind.takesValue) {
      const plain = plainValue(kind, read!);
      expect(kind.read(plain)).toEqual(read);
      expect((kind.readLine ?? kind.read)(typedText(plain))).toEqual(read);
    }
    if (value !== null && kind.takesValue) expect(kind.read(value)).toEqual(value);
    expect(commands.length).toBeGreaterThan(0);
    expect(describeDefault(key)).not.toBe('null');
    expect(help).toMatch(/[.…]$/);
  });

  it.each(COMMAND_NAMES)('has a name that no other option of lockstep %s has', command => {
    const names = optionsOf(command).map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(nearest(name, names)).toBe(name);
  });
});

it('names options by their keys with dashes, with no- if they are on by default', () => {
  expect(nameOf('batchSize')).toBe('batch-size');
  expect(nameOf('outputActivation')).toBe('output-activation');
  expect(nameOf('shuffle')).toBe('no-shuffle');
});

it('offers every activation, loss, backend and scheme', () => {
  expect(OPTIONS.activation.kind.values).toBe(`${ACTIVATIONS.join('|')},…`);
  expect(OPTIONS.outputActivation.kind.values).toBe(`auto|${ACTIVATIONS.join('|')}`);
  expect(OPTIONS.loss.kind.values).toBe(`auto|${LOSSES.join('|')}`);
  expect(OPTIONS.backend.kind.values).toBe(`auto|${BACKENDS.join('|')}`);
  expect(OPTIONS.initScheme.kind.values).toBe(INIT_SCHEMES.join('|'));
});

it('gives the options of a command different names in the library', () => {
  for (const command of COMMAND_NAMES) {
    const properties = optionsOf(command).map(key => optionOf(key).property ?? key);
    expect(new Set(properties).size).toBe(properties.length);
  }
});

it('gives each command its options', () => {
  expect(optionsOf('gradcheck')).toEqual(['seed', 'workers', 'shards', 'backend', 'blas', 'json']);
  for (const command of COMMAND_NAMES) expect(optionsOf(command)).toContain('json');
});

describe('the table of docs/options.md', () => {
  const markdown = optionsMarkdown();
  const shown = OPTION_KEYS.filter(key => !optionOf(key).hidden);

  it('has each option that is not hidden once, with its commands', () => {
    expect(OPTION_KEYS.filter(key => !shown.includes(key))).toEqual(['injectFault']);
    for (const key of shown) {
      const commands = OPTIONS[key].commands.join(', ');
      const row = new RegExp(`^\\| \`--${nameOf(key)}[ \`].*\\| ${commands} \\|$`, 'gm');
      expect(markdown.match(row)).toHaveLength(1);
    }
    for (const group of GROUPS) expect(markdown).toContain(`## ${group}\n`);
  });

  it('has four cells per row, with bars escaped', () => {
    const rows = markdown.split('\n').filter(line => line.startsWith('| `'));
    expect(rows).toHaveLength(shown.length);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(6);
    expect(markdown).toContain(
      '| `--batch-size N\\|full` | train, verify, info: 32, or all rows if fewer; bench: 1024 | ',
    );
  });
});
