import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nameOf, optionsOf } from '../../src/config/options.js';
import { defaultSpace, parseSpace, RECIPE_SPACE, readSpace } from '../../src/config/space.js';
import { LockstepError } from '../../src/errors.js';
import { drawTrials } from '../../src/lab/tune/draw.js';
import { fc } from '../hostile/arbitraries.js';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-space-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a space', () => {
  it('has ranges and choices, checked and typed by the table of options', () => {
    expect(
      parseSpace('lr=1e-3..1 log; hidden = 128|128,64| ; batch-size=16..64;nesterov=true|false'),
    ).toEqual([
      {
        name: 'lr',
        condition: null,
        kind: 'range',
        low: 0.001,
        high: 1,
        log: true,
        whole: false,
        list: false,
      },
      { name: 'hidden', condition: null, kind: 'choices', values: [[128], [128, 64], []] },
      {
        name: 'batch-size',
        condition: null,
        kind: 'range',
        low: 16,
        high: 64,
        log: false,
        whole: true,
        list: false,
      },
      { name: 'nesterov', condition: null, kind: 'choices', values: [true, false] },
    ]);
    const [hidden, momentum] = parseSpace('hidden=8..64 log; momentum=.6...99');
    expect(hidden).toMatchObject({ kind: 'range', whole: true, list: true });
    expect(momentum).toMatchObject({ low: 0.6, high: 0.99, whole: false });
  });

  it('has rates around the usual one of the optimizer by default', () => {
    const rates = (usual: number) => parseSpace(defaultSpace(usual))[0];
    expect(rates(0.001)).toMatchObject({ name: 'lr', low: 1e-4, high: 0.1, log: true });
    expect(rates(0.1)).toMatchObject({ name: 'lr', low: 0.001, high: 1, log: true });
    expect(parseSpace(defaultSpace(0.001)).map(({ name }) => name)).toEqual([
      ...['lr', 'hidden', 'batch-size', 'lr-schedule', 'dropout', 'optimizer', 'weight-decay'],
    ]);
    expect(parseSpace(RECIPE_SPACE).map(({ name }) => name)).toEqual([
      ...['lr', 'hidden', 'dropout', 'activation', 'lr-schedule', 'optimizer', 'weight-decay'],
    ]);
  });

  it('has options that go only with some values of another', () => {
    const [, momentum] = parseSpace('optimizer=sgd|adam|lars\nmomentum=0..0.9 if optimizer=sgd|lars');
    expect(momentum!.condition).toEqual({ name: 'optimizer', values: ['sgd', 'lars'] });
  });

  it('is read from a file too', async () => {
    const path = join(folder, 'space.yaml');
    writeFileSync(
      path,
      'lr: 0.001..1 log\nhidden: ["128,64", [32], 8]\nl2: 0.1\noptimizer: [sgd, adam]\nmomentum: 0.9 if optimizer=sgd\n',
    );
    const space = await readSpace(path);
    expect(space.map(({ name }) => name)).toEqual(['lr', 'hidden', 'l2', 'optimizer', 'momentum']);
    expect(space[1]).toMatchObject({ values: [[128, 64], [32], [8]] });
    expect(space[2]).toMatchObject({ values: [0.1] });
    await expect(readSpace('none.yaml')).rejects.toThrow(
      '--space none.yaml: expected a YAML or JSON file, got ENOENT.',
    );
    writeFileSync(path, 'lr:\n  low: 1\n');
    await expect(readSpace(path)).rejects.toThrow(
      `${path}, lr: expected a number above 0 that float32 can hold`,
    );
  });

  it.each([
    ['', '--space: expected options to draw, got none.'],
    ['lr=0.1; hidden', '--space, part 2: expected NAME=VALUES, got "hidden".'],
    ['lrr=1', '--space, lrr is not an option of lockstep tune.'],
    ['lr=0..1', '--space, lr: expected a number above 0 that float32 can hold, got 0.'],
    ['lr=1..0.1', '--space, lr: expected a number, .. and a larger one, got 1..0.1.'],
    ['l2=0..0.1 log', '--space, l2: expected a number above 0, .. and a larger one, got 0..0.1.'],
    ['lr=0.1|x', '--space, lr: expected a number above 0 that float32 can hold, got "x".'],
    ['lr=', '--space, lr: expected a number above 0 that float32 can hold, got nothing.'],
    ['batch-size=1.5..3', '--space, batch-size: expected full or a whole number from 1, got 1.5.'],
    ['lr=0.1;lr=0.2', '--space, lr: the option is given twice.'],
    ['hidden=64|64', '--space, hidden: expected different values, got the same value twice.'],
    [
      'epochs=10|20',
      '--space, epochs: trials cannot differ in this option: all trials are trained for --epochs.',
    ],
    ['workers=1|2', 'trials cannot differ in this option: it is the same for all trials.'],
    ['seed=1|2', 'trials cannot differ in this option: it also draws the validation rows.'],
    ['scale=robust|none', 'it is the same for all trials.'],
    [
      'momentum=0.9 if optimizer=sgd',
      '--space, momentum, if optimizer=sgd: expected NAME=VALUES, with an earlier option',
    ],
    [
      'lr=0.1..1; l2=0.1 if lr=0.5',
      '--space, l2, if lr=0.5: expected NAME=VALUES, with an earlier option that has choices A|B|C',
    ],
    ['optimizer=sgd|adam; momentum=0.9 if optimizer=lars', 'expected values of optimizer, got "lars".'],
    [
      'optimizer=sgd|adam; momentum=0.9 if optimizer=x',
      '--space, momentum, if optimizer=x, optimizer: expected sgd,',
    ],
    ['optimizer=sgd|adam; momentum=0.9 if optimizer=sgd if optimizer=sgd', 'expected one condition, got 2.'],
  ])('is refused: %s', (text, message) => {
    expect(() => parseSpace(text)).toThrow(message);
  });
});

describe('any text', () => {
  const names = fc.oneof(
    fc.constantFrom(...optionsOf('tune').map(nameOf), '__proto__', 'toString'),
    fc.string({ maxLength: 5 }),
  );
  const word = fc.oneof(
    fc.constantFrom(
      '0.1',
      '1',
      '16',
      '1e-3',
      'sgd',
      'adam',
      'relu',
      'true',
      'full',
      '',
      '1..2',
      '0.001..1 log',
      '8..64 log',
      '1..1',
      '..',
      ' if optimizer=sgd',
      ' if lr=1',
    ),
    fc.string({ maxLength: 6 }),
  );
  const part = fc
    .tuple(names, fc.constantFrom('=', '= ', '', ' = '), fc.array(word, { maxLength: 3 }))
    .map(([name, sign, words]) => `${name}${sign}${words.join('|')}`);
  const text = fc.oneof(
    fc.array(part, { maxLength: 4 }).map(parts => parts.join(';')),
    fc.string({ unit: 'binary' }),
  );

  it('is a space that can be drawn from, or is refused with the place of the mistake', () => {
    fc.assert(
      fc.property(text, written => {
        let space: ReturnType<typeof parseSpace>;
        try {
          space = parseSpace(written);
        } catch (error) {
          expect(error).toBeInstanceOf(LockstepError);
          expect((error as LockstepError).code).toBe('usage');
          expect((error as LockstepError).message).toMatch(/^--space/);
          return;
        }
        const [trial] = drawTrials(space, 1, 1);
        // Draws are values of the option within the range.
        for (const dimension of space) {
          const value = trial!.values[dimension.name];
          if (value === undefined || dimension.kind === 'choices') continue;
          const number = Number(Array.isArray(value) ? value[0] : value);
          expect(number).toBeGreaterThanOrEqual(dimension.low);
          expect(number).toBeLessThanOrEqual(dimension.high);
        }
        const again = Object.entries(trial!.values)
          .map(([name, value]) => `${name}=${value}`)
          .join(';');
        if (again !== '')
          expect(parseSpace(again).map(({ name }) => name)).toEqual(Object.keys(trial!.values));
      }),
      { numRuns: 500 },
    );
  });
});
