/** Checks that options are given together with those that they need, by the table of options. */
import { enumerate } from '../../config/kinds.js';
import {
  type CommandName,
  nameOf,
  needsOf,
  OPTIONS,
  type OptionKey,
  optionOf,
  optionsOf,
  type Settings,
} from '../../config/options.js';
import { usageError } from '../../errors.js';

/** @throws usage at the first option that is given without another one that it needs */
export function checkNeeds(
  command: CommandName,
  settings: Settings,
  { given = {}, keys = optionsOf(command) }: { given?: Partial<Settings>; keys?: readonly OptionKey[] } = {},
): void {
  for (const key of keys) {
    if (given[key] === undefined && isDefault(key, settings)) continue;
    for (const [other, values] of needsOf(key, command)) {
      const value = settings[other];
      const isMet = values.length === 0 ? value !== null : values.includes(value);
      if (!isMet) throw needsError(key, other, values, value);
    }
  }
}

function isDefault(key: OptionKey, settings: Settings): boolean {
  return JSON.stringify(settings[key]) === JSON.stringify(OPTIONS[key].default);
}

function needsError(key: OptionKey, other: OptionKey, values: readonly unknown[], got: unknown) {
  const name = `--${nameOf(key)}`;
  const { kind, example } = optionOf(other);
  const flag = `--${nameOf(other)}`;
  const isAlone = !kind.takesValue || values.length === 0;
  const needed = isAlone ? flag : `${flag} ${enumerate(values.map(String))}`;
  return usageError(
    `${name} needs ${needed}${isAlone ? '' : `; got ${got}`}.`,
    `Try ${kind.takesValue ? `${flag} ${values[0] ?? example}` : flag}, or leave ${name} out.`,
  );
}
