import { expect, it } from 'vitest';
import { completionScript, completionsOf } from '../../../src/commands/line/completion.js';
import { COMMAND_NAMES } from '../../../src/config/options.js';

it.each([
  ['lockstep tr', ['train']],
  ['lockstep help tu', ['tune']],
  ['lockstep train --lr-p', ['--lr-power', '--lr-patience']],
  ['lockstep train houses.csv --optimizer ada', ['adam', 'adamw', 'adagrad']],
  ['lockstep train --workers a', ['auto']],
  // The shell completes file names.
  ['lockstep train hou', []],
  ['lockstep train --out ru', []],
  ['lockstep trian --l', []],
  // Hidden options are for the project's own tests.
  ['lockstep train --inj', []],
])('completes %j', (line, words) => {
  expect(completionsOf(line.split(' '))).toEqual(words);
});

it('offers all commands first', () => {
  expect(completionsOf(['lockstep', ''])).toEqual([...COMMAND_NAMES, 'help', 'completion']);
});

it('prints a script that asks lockstep', () => {
  expect(completionScript()).toContain('lockstep --get-yargs-completions');
});
