/**
 * One line of the command line: reads it with yargs, checks it against the table of options, runs one command, and
 * turns what comes of it into an exit code. Results go to stdout, everything else to stderr. Unknown names
 * are refused by src/config, which knows what was meant, so yargs is told to let them pass.
 */
import yargs from 'yargs';
import { shellLine } from '../../config/command-line.js';
import { writeFlags } from '../../config/flags.js';
import {
  COMMAND_NAMES,
  type CommandName,
  describeDefault,
  groupOf,
  nameOf,
  type OptionKey,
  optionOf,
  optionsOf,
} from '../../config/options.js';
import { type Given, type Read, readSettings } from '../../config/settings.js';
import { EXIT_CODES, LockstepError, usageError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { packageVersion } from '../../version.js';
import { asLockstepError, checkCurrentFolder } from './environment.js';
import { Interruption, type Interrupts, unlessAborted } from './signals.js';
import { isLostOutput } from './streams.js';
import { COMMANDS, type Command } from './table.js';

/** The line as yargs gives it: words that are no options in `_`, options by name. */
type Line = Given & { _: (string | number)[] };

const EPILOGUE =
  'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 diverged, 4 verify mismatch, 5 ended without reaching --target-metric, 124 time limit reached, 128 + n ended by signal n (130: Ctrl-C).';

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
function commandOf(words: readonly string[]): CommandName | undefined {
  const taken: Line[] = [];
  parser(words, taken).help(false).version(false).boolean(['help', 'h', 'version']).parse();
  return COMMAND_NAMES.find(name => name === taken[0]?._[0]);
}

/** The parser of lines that name no command: with the help that lists them. */
function overview(words: readonly string[], taken: Line[]) {
  const overview = parser(words, taken)
    .usage('Multi-threaded, data-parallel training of multi-layer perceptrons\n\nlockstep COMMAND …')
    .example('$0 train houses.csv --target price', 'a trained model from a data file')
    .example('$0 COMMAND --help', 'the options of a command')
    .epilogue(EPILOGUE);
  for (const name of COMMAND_NAMES) overview.command(name, COMMANDS[name].summary);
  return overview;
}

/**
 * The parser of one command's lines; names and help come from the tables, and nothing is judged here. For yargs it
 * has no commands: of those that it knows it lays out the whole help beforehand, which takes longer than a small
 * training.
 */
function commandParser(name: CommandName, words: readonly string[], taken: Line[]) {
  const { operands, summary, examples, notes } = COMMANDS[name];
  const places = operands.map(({ name, default: value, unless, optional }) =>
    (value ?? unless ?? optional) ? `[${name}]` : name,
  );
  const usage = ['lockstep', name, ...places, '[options]'].join(' ');
  const meanings = operands.map(operand => `${operand.name}: ${operand.help}`);
  const command = parser(joinDashes(name, words), taken).usage(
    [`${summary}\n\n${usage}`, ...meanings].join('\n'),
  );
  for (const key of optionsOf(name)) command.option(nameOf(key), flagOf(key));
  for (const [line, meaning] of examples) command.example(line, meaning);
  if (notes !== undefined) command.epilogue(notes);
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

/** An option as yargs wants it: how it is typed, and its line of help. */
function flagOf(key: OptionKey) {
  const { kind, help, hidden = false } = optionOf(key);
  const common = { hidden, group: `${groupOf(key)}:` };
  if (!kind.takesValue) return { ...common, describe: help, type: 'boolean' as const };
  // So many words have to be broken between two of them.
  const values = kind.values.length > LONGEST ? kind.values.replaceAll('|', ' | ') : kind.values;
  return { ...common, defaultDescription: describeDefault(key), describe: `${values}  ${help}` };
}

/** The words after the command. @throws usage where there are too few or too many */
function operandsOf(name: CommandName, { _: [, ...words] }: Line, { given, recorded }: Read): string[] {
  const { operands } = COMMANDS[name];
  const known = operands.flatMap((operand, i) => words[i] ?? operand.default ?? []);
  const needed = operands.filter(
    ({ optional, unless, isRecorded }) =>
      !optional && (unless === undefined || given[unless] === undefined) && !(isRecorded && recorded),
  );
  const more = words.slice(operands.length);
  const open = operands.at(-1)?.several === true;
  if (known.length >= needed.length && (open || more.length === 0)) return [...known, ...more].map(String);
  const expected = operands.map(operand => operand.name).join(' and ') || 'options alone';
  const got = words.join(' ') || 'nothing';
  const missing = operands[words.length];
  throw missing
    ? usageError(`lockstep ${name}: expected ${expected}, got ${got}.`, `${missing.name} is ${missing.help}.`)
    : usageError(
        `lockstep ${name}: expected ${expected}, got ${got}.`,
        'Put quotes around a pattern, as in "data/*.csv".',
      );
}

function unknownCommand([word]: Line['_']): LockstepError {
  if (word === undefined) {
    return usageError('lockstep: expected a command, got nothing.', 'lockstep --help lists them.');
  }
  const meant = nearest(String(word), COMMAND_NAMES);
  return usageError(
    `lockstep: expected a command, got ${JSON.stringify(word)}.`,
    meant ? `Did you mean lockstep ${meant}?` : 'lockstep --help lists them.',
  );
}

async function runCommand(
  name: CommandName,
  words: readonly string[],
  parsed: Line,
  interrupts: Interrupts,
): Promise<number> {
  checkCurrentFolder();
  const { _, $0, ...options } = parsed;
  const read = await unlessAborted(readSettings(name, options), interrupts.signal);
  const operands = operandsOf(name, parsed, read);
  const command: Command = COMMANDS[name];
  const { run } = await command.load();
  return run({ line: shellLine(['lockstep', ...words]), operands, ...read, ...interrupts });
}

/** Reports on stderr what went wrong, and gives the exit code. */
function reportError(thrown: unknown): number {
  if (isLostOutput(thrown)) return EXIT_CODES.failed;
  const error = asLockstepError(thrown);
  if (error instanceof LockstepError) {
    const { message, hint } = error.writtenWith(writeFlags);
    process.stderr.write(`error: ${message}\n${hint === undefined ? '' : `${hint}\n`}`);
    return EXIT_CODES[error.code];
  }
  // Whoever read the output has had enough of it.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
  const { stack } = error as Error;
  process.stderr.write(`error: a fault of lockstep itself; please report it.\n${stack ?? error}\n`);
  return EXIT_CODES.failed;
}

/** Runs a line, says what goes wrong, and gives the exit code. @throws Interruption where the work was given up */
export async function runLine(words: readonly string[], interrupts: Interrupts): Promise<number> {
  try {
    const name = commandOf(words);
    const taken: Line[] = [];
    (name ? commandParser(name, words, taken) : overview(words, taken)).parse();
    const [line] = taken;
    if (line === undefined) return 0;
    if (name === undefined) throw unknownCommand(line._);
    return await runCommand(name, words, line, interrupts);
  } catch (error) {
    if (error instanceof Interruption) throw error;
    return reportError(error);
  }
}
