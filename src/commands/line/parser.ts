/**
 * Parsers of the command line, made with yargs from the tables of commands and options. They print help, and split a line
 * into words and options, unchecked. Unknown names pass: src/config rejects them, and knows what was meant.
 */
import yargs from 'yargs';
import {
  briefHelpOf,
  COMMAND_NAMES,
  type CommandName,
  describeDefault,
  groupOf,
  helpOf,
  nameOf,
  type OptionKey,
  optionOf,
  optionsOf,
} from '../../config/options.js';
import type { Given } from '../../config/settings.js';
import { packageVersion } from '../../version.js';
import { COMMANDS } from './table.js';

/** A line as yargs returns it: options by name, other words in `_`. */
export type Line = Given & { _: (string | number)[] };

const EPILOGUE =
  'Exit codes: 0 success, 1 failure, 2 wrong usage, 3 divergence, 4 mismatch found by verify or selfcheck, 5 --target-metric not reached, 124 time limit reached, 128 + n ended by signal n (130: Ctrl-C).';

/** A parser without any names yet. It puts the line into `taken`, unless it prints help or the version instead. */
function parser(words: readonly string[], taken: Line[]) {
  // Without a folder, yargs would ask for the current one, which may have been removed.
  return yargs(words, '/')
    .scriptName('lockstep')
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .command('$0', false, {}, line => void taken.push(line as Line))
    .wrap(Math.min(110, process.stderr.columns ?? 100))
    .alias('help', 'h')
    .version(packageVersion())
    .exitProcess(false)
    .fail(false);
}

/** The first word of a line that is not an option; undefined if there is none. */
export function firstWord(words: readonly string[]): string | number | undefined {
  const taken: Line[] = [];
  parser(words, taken).help(false).version(false).boolean(['help', 'h', 'version']).parse();
  return taken[0]?._[0];
}

/** The parser of lines without a command. Its help lists the commands. */
export function overview(words: readonly string[], taken: Line[]) {
  const overview = parser(words, taken)
    .usage('Multi-threaded, data-parallel training of multi-layer perceptrons\n\nlockstep COMMAND …')
    .example('$0 train houses.csv --target price', 'train a model on a file')
    .example('$0 COMMAND -h', 'show examples and the common options of a command')
    .example('$0 COMMAND --help', 'show all its options')
    .epilogue(EPILOGUE);
  for (const name of COMMAND_NAMES) overview.command(name, COMMANDS[name].summary);
  overview.command('help', 'Show the help of a command: lockstep help train');
  overview.command('completion', 'Print a script that completes lines in bash and zsh');
  return overview;
}

/**
 * The parser for the lines of one command. yargs is not told about the command, because it would lay out the help of every
 * command beforehand, which takes longer than a small training.
 */
export function commandParser(name: CommandName, words: readonly string[], taken: Line[]) {
  const { operands, summary, examples, notes } = COMMANDS[name];
  const isBrief = words.includes('-h') && !words.includes('--help');
  const places = operands.map(({ name, default: value, unless, optional }) =>
    (value ?? unless ?? optional) ? `[${name}]` : name,
  );
  const usage = ['lockstep', name, ...places, '[options]'].join(' ');
  const meanings = operands.map(operand => `${operand.name}: ${operand.help}`);
  const command = parser(joinDashes(name, words), taken).usage(
    [`${summary}\n\n${usage}`, ...meanings].join('\n'),
  );
  for (const key of optionsOf(name)) command.option(nameOf(key), flagOf(key, name, isBrief));
  for (const [line, meaning] of isBrief ? examples.slice(0, MOST_EXAMPLES) : examples) {
    command.example(line, meaning);
  }
  if (isBrief) command.epilogue(`lockstep ${name} --help explains every option.`);
  else if (notes !== undefined) command.epilogue(notes);
  return command;
}

/** Joins `--validation -` to `--validation=-`: yargs takes a lone dash for an operand, even after an option with a value. */
function joinDashes(name: CommandName, words: readonly string[]): string[] {
  const needValue = optionsOf(name).flatMap(key =>
    optionOf(key).kind.takesValue ? [`--${nameOf(key)}`] : [],
  );
  const isValue = (i: number) => words[i] === '-' && needValue.includes(words[i - 1] ?? '');
  return words.flatMap((word, i) => (isValue(i) ? [] : isValue(i + 1) ? [`${word}=-`] : [word]));
}

/** Longer lists of values do not fit on a line of help. */
const LONGEST = 72;

/** Examples with -h. */
const MOST_EXAMPLES = 4;

/** An option for yargs. With -h, only common options are shown, each with its short help. */
function flagOf(key: OptionKey, command: CommandName, isBrief: boolean) {
  const { kind, usual = [], hidden = false } = optionOf(key);
  const isShown = !hidden && (!isBrief || usual.includes(command));
  const common = { hidden: !isShown, group: isBrief ? 'Options:' : `${groupOf(key)}:` };
  const help = isBrief ? briefHelpOf(key, command) : helpOf(key, command);
  if (!kind.takesValue) return { ...common, describe: help, type: 'boolean' as const };
  // Spaces allow yargs to break a long list.
  const values = kind.values.length > LONGEST ? kind.values.replaceAll('|', ' | ') : kind.values;
  return { ...common, defaultDescription: describeDefault(key, command), describe: `${values}  ${help}` };
}
