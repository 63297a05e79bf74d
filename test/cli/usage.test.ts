import { describe, expect, it } from 'vitest';
import { COMMAND_NAMES, nameOf, optionOf, optionsOf } from '../../src/config/options.js';
import { lockstep, runInside } from './lockstep.js';

describe('help', () => {
  it('lists the commands', async () => {
    const { code, stdout, stderr } = await lockstep(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const name of COMMAND_NAMES) expect(stdout).toContain(`lockstep ${name}`);
  });

  it.each(COMMAND_NAMES)('of %s lists its options, not the hidden ones, and examples', async name => {
    const { code, stdout, stderr } = await runInside([name, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const key of optionsOf(name)) {
      const isListed = new RegExp(`^ +--${nameOf(key)} `, 'm').test(stdout);
      expect([key, isListed]).toEqual([key, !optionOf(key).hidden]);
    }
    expect(stdout).not.toContain('hidden options');
    expect(stdout).toContain(`Examples:\n  lockstep ${name}`);
  });

  it.each(COMMAND_NAMES)('of %s fits on a screen with -h', async name => {
    const { code, stdout } = await runInside([name, '-h']);
    expect(code).toBe(0);
    expect(stdout.split('\n').length).toBeLessThan(50);
    const shown = optionsOf(name).filter(key => optionOf(key).usual?.includes(name));
    for (const key of shown) expect(stdout).toMatch(new RegExp(`^ +--${nameOf(key)} `, 'm'));
    const left = optionsOf(name).filter(key => !shown.includes(key));
    for (const key of left) expect(stdout).not.toMatch(new RegExp(`^ +--${nameOf(key)} `, 'm'));
    expect(stdout).toContain(`lockstep ${name} --help explains every option.`);
  });

  it('of a command is what `lockstep help` shows', async () => {
    expect(await runInside(['help', 'predict'])).toEqual(await runInside(['predict', '--help']));
    for (const words of [['help'], ['help', 'help']]) {
      const { code, stdout } = await runInside(words);
      expect([code, stdout.includes('lockstep train')]).toEqual([0, true]);
    }
  });

  it('describes an option in the words of each command', async () => {
    expect((await runInside(['predict', '--help'])).stdout).toMatch(/--out +PATH +File to write/);
    expect((await runInside(['train', '--help'])).stdout).toMatch(/--out +PATH +Folder of the run/);
  });

  it('leaves out the options of other commands', async () => {
    const { stdout } = await runInside(['predict', '--help']);
    expect(stdout).not.toContain('--epochs');
  });
});

it('prints its version', async () => {
  expect((await lockstep(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it('ends the process with exit code 2 if the usage is wrong', async () => {
  expect(await lockstep(['trian'])).toEqual({
    code: 2,
    stdout: '',
    stderr: 'error: lockstep: expected a command, got "trian".\nDid you mean lockstep train?\n',
  });
});

describe('wrong usage gives exit code 2, nothing on stdout, and an error for', () => {
  it.each<[string, string, string]>([
    ['', 'lockstep: expected a command, got nothing.', 'lockstep --help lists them.'],
    ['trian', 'lockstep: expected a command, got "trian".', 'Did you mean lockstep train?'],
    ['resume', 'lockstep: expected a command, got "resume".', 'lockstep --help lists them.'],
    ['help trian', 'lockstep: expected a command, got "trian".', 'Did you mean lockstep train?'],
    ['nope --help', 'lockstep: expected a command, got "nope".', 'lockstep --help lists them.'],
    ['bench all', 'lockstep bench: expected only options, got all.', 'Put quotes around a pattern'],
    ['train', 'lockstep train: expected DATA, got nothing.', 'DATA is a CSV'],
    ['evaluate m', 'lockstep evaluate: expected MODEL and DATA, got m.', 'DATA is a CSV'],
    ['train a.csv b.csv', 'lockstep train: expected DATA, got a.csv b.csv.', 'Put quotes around a pattern'],
    ['train a --epoch 3', '--epoch is not an option of lockstep train.', 'Did you mean --epochs?'],
    ['train a --shuffle', '--shuffle is not an option of lockstep train.', 'Did you mean --no-shuffle?'],
    ['train a --epochs', '--epochs: expected a whole number from 1, got nothing.', 'Try --epochs 30.'],
    ['train a --epochs --lr 1', '--epochs: expected a whole number from 1, got nothing.', 'Try --epochs 30.'],
    ['train a --lr=-1', '--lr: expected a number above 0 that float32 can hold, got -1.', 'Try --lr 0.001.'],
    ['train a --lr -1', '--lr: expected a number above 0 that float32 can hold, got -1.', 'Try --lr 0.001.'],
    [
      'train a --workers 0',
      '--workers: expected auto or a whole number from 1 to 1024, got 0.',
      'Try --workers 2.',
    ],
    [
      'train a --hidden 4,4 --activation tanh,relu,tanh',
      '--activation: expected one, or 2 (the hidden layers), got 3.',
      'Try --activation tanh.',
    ],
    [
      'train a --init m --init-scheme he',
      "--init-scheme can't be combined with --init, whose file has the weights.",
      'Leave one',
    ],
    [
      'evaluate m d --lr 1',
      '--lr is not an option of lockstep evaluate; train, verify and tune take it.',
      '',
    ],
    [
      'gradcheck --backend gpu',
      '--backend: expected auto, native, wasm, blas or reference, got "gpu".',
      'Try --backend wasm.',
    ],
  ])('`lockstep %s`', async (line, message, hint) => {
    const { code, stdout, stderr } = await runInside(line.split(' ').filter(word => word !== ''));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: .*\n.*\n$/);
    expect(stderr).toContain(`error: ${message}\n${hint}`);
  });
});
