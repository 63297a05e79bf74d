/** Completion in a shell: the script that the shell loads, and the words to offer. */
import yargs from 'yargs';
import { COMMAND_NAMES, nameOf, optionOf, optionsOf } from '../../config/options.js';

/** The script for bash, or for zsh if that is the shell. It calls `lockstep --get-yargs-completions`. */
export function completionScript(): string {
  let script = '';
  const { log } = console;
  // yargs prints the script instead of returning it.
  console.log = (text: string) => {
    script += text;
  };
  try {
    yargs([], '/').scriptName('lockstep').completion('completion').showCompletionScript();
  } finally {
    console.log = log;
  }
  return script;
}

/** The words to offer. @param line the words from `lockstep` to the one that is being typed */
export function completionsOf(line: readonly string[]): string[] {
  const [, name, ...rest] = line;
  const typed = line.at(-1) ?? '';
  if (rest.length === 0) return startingWith(typed, [...COMMAND_NAMES, 'help', 'completion']);
  if (name === 'help') return startingWith(typed, COMMAND_NAMES);
  const command = COMMAND_NAMES.find(one => one === name);
  // The shell completes file names.
  if (command === undefined) return [];
  const options = optionsOf(command).filter(key => !optionOf(key).hidden);
  const before = options.find(key => `--${nameOf(key)}` === rest.at(-2));
  if (before !== undefined && optionOf(before).kind.takesValue) {
    return startingWith(typed, wordsOf(optionOf(before).kind.values));
  }
  if (!typed.startsWith('-')) return [];
  return startingWith(
    typed,
    options.map(key => `--${nameOf(key)}`),
  );
}

/** sgd|adam → sgd, adam. N and FILE are left out: they are placeholders. */
function wordsOf(values: string): string[] {
  return values
    .replace(/,…$/, '')
    .split('|')
    .filter(word => /^[a-z0-9][a-z0-9-]*$/.test(word));
}

function startingWith(typed: string, words: readonly string[]): string[] {
  return words.filter(word => word.startsWith(typed));
}
