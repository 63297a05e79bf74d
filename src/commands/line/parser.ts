/**
 * The parsers of the command line, made with yargs from the tables of commands and options: they lay out the help, and give
 * a line's words and options unchecked. Unknown names pass: src/config refuses them and knows what was meant.
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

/** The line as yargs gives it: words that are no options in `_`, options by name. */
export type Line = Given & { _: (string | number)[] };

const EPILOGUE =
  'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 diverged, 4 other bits than promised, 5 ended without reaching --target-metric, 124 time limit reached, 128 + n ended by signal n (130: Ctrl-C).';

/** A parser that knows no names yet. It puts the line into `taken`, unless it answers it: with help, or the version. */
function parser(words: readonly string[], taken: Line[]) {
  // It would ask for the current folder, which may be gone.
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

/** The command that a line names, if any. */
export function commandOf(words: readonly string[]): CommandName | undefined {
  const taken: Line[] = [];
  parser(words, taken).help(false).version(false).boolean(['help', 'h', 'version']).parse();
  return COMMAND_NAMES.find(name => name === taken[0]?._[0]);
}

/** The parser of lines that name no command: with the help that lists them. */
export function overview(words: readonly string[], taken: Line[]) {
  const overview = parser(words, taken)
    .usage('Multi-threaded, data-parallel training of multi-layer perceptrons\n\nlockstep COMMAND …')
    .example('$0 train houses.csv --target price', 'a trained model from a data file')
    .example('$0 COMMAND -h', 'examples and the usual options of a command')
    .example('$0 COMMAND --help', 'all its options')
    .epilogue(EPILOGUE);
  for (const name of COMMAND_NAMES) overview.command(name, COMMANDS[name].summary);
  overview.command('help', 'Show the help of a command: lockstep help train');
  overview.command('completion', 'Print a script that completes lines in bash and zsh');
  return overview;
}

/**
 * The parser of one command's lines; names and help come from the tables, and nothing is judged here. For yargs it
 * has no commands: of those that it knows it lays out the whole help beforehand, which takes longer than a small
 * training.
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
  if (isBrief) command.epilogue(`lockstep ${name} --help explains all ${optionsOf(name).length} options.`);
  else if (notes !== undefined) command.epilogue(notes);
  return command;
}

/** For yargs a lone dash is an operand, even if the option before it needs a value: --validation - is stdin. */
function joinDashes(name: CommandName, words: readonly string[]): string[] {
  const needValue = optionsOf(name).flatMap(key =>
    optionOf(key).kind.takesValue ? [`--${nameOf(key)}`] : [],
  );
  const isValue = (i: number) => words[i] === '-' && needValue.includes(words[i - 1] ?? '');
  return words.flatMap((word, i) => (isValue(i) ? [] : isValue(i + 1) ? [`${word}=-`] : [word]));
}

/** Values that are longer than this don't fit on a line of help. */
const LONGEST = 72;

/** With -h. */
const MOST_EXAMPLES = 4;

/** An option as yargs wants it: how it is typed, and its help; with -h a line of it, if most users need it. */
function flagOf(key: OptionKey, command: CommandName, isBrief: boolean) {
  const { kind, usual = [], hidden = false } = optionOf(key);
  const isShown = !hidden && (!isBrief || usual.includes(command));
  const common = { hidden: !isShown, group: isBrief ? 'Options:' : `${groupOf(key)}:` };
  const help = isBrief ? briefHelpOf(key, command) : helpOf(key, command);
  if (!kind.takesValue) return { ...common, describe: help, type: 'boolean' as const };
  // So many words have to be broken between two of them.
  const values = kind.values.length > LONGEST ? kind.values.replaceAll('|', ' | ') : kind.values;
  return { ...common, defaultDescription: describeDefault(key, command), describe: `${values}  ${help}` };
}
