#!/usr/bin/env node
/**
 * The command line: reads the line with yargs, checks it against the table of options, runs one command, and
 * turns what comes of it into an exit code. Results go to stdout, everything else to stderr. Unknown names
 * are refused by src/config, which knows what was meant, so yargs is told to let them pass.
 */
import yargs from 'yargs';
import { Interruption, type Interrupts, listenForSignals } from './commands/signals.js';
import { COMMANDS, type Command } from './commands/table.js';
import {
  COMMAND_NAMES,
  type CommandName,
  describeDefault,
  groupOf,
  nameOf,
  type OptionKey,
  optionOf,
  optionsOf,
  type Settings,
} from './config/options.js';
import { checkOptions, type Given, readSettings } from './config/settings.js';
import { EXIT_CODES, LockstepError, usageError } from './errors.js';
import { nearest } from './nearest.js';
import { packageVersion } from './version.js';

/** The line as yargs gives it: words that are no options in `_`, options by name. */
type Line = Given & { _: (string | number)[] };

const EPILOGUE =
  'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 diverged, 4 verify mismatch, 5 ended without reaching --target-metric, 124 time limit reached, 128 + n ended by signal n (130: Ctrl-C).';

/** The parser: names and help come from the tables, and nothing is judged here. */
function parser(run: (name: CommandName | null, line: Line) => Promise<void>) {
  const root = yargs(process.argv.slice(2))
    .scriptName('lockstep')
    .locale('en')
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    })
    .usage('Multi-threaded, data-parallel training of multi-layer perceptrons\n\nlockstep COMMAND …')
    .wrap(Math.min(110, process.stderr.columns ?? 100))
    .command('$0', false, {}, line => run(null, line as Line))
    .example('$0 train houses.csv --target price', 'a trained model from a data file')
    .example('$0 COMMAND --help', 'the options of a command')
    .epilogue(EPILOGUE)
    .alias('help', 'h')
    .version(packageVersion())
    .exitProcess(false)
    .fail(false);
  for (const name of COMMAND_NAMES) addCommand(root, name, line => run(name, line));
  return root;
}

function addCommand(root: ReturnType<typeof yargs>, name: CommandName, run: (line: Line) => Promise<void>) {
  const { operands, summary, examples, notes } = COMMANDS[name];
  const words = operands.map(({ name, default: value, unless, optional }) =>
    (value ?? unless ?? optional) ? `[${name}]` : name,
  );
  const usage = ['lockstep', name, ...words, '[options]'].join(' ');
  root.command(
    name,
    summary,
    command => {
      const meanings = operands.map(operand => `${operand.name}: ${operand.help}`);
      command.usage([`${summary}\n\n${usage}`, ...meanings].join('\n'));
      for (const key of optionsOf(name)) command.option(nameOf(key), flagOf(key));
      for (const [line, meaning] of examples) command.example(line, meaning);
      if (notes !== undefined) command.epilogue(notes);
    },
    line => run(line as Line),
  );
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
function operandsOf(name: CommandName, { _: [, ...words] }: Line, given: Partial<Settings>): string[] {
  const { operands } = COMMANDS[name];
  const known = operands.flatMap((operand, i) => words[i] ?? operand.default ?? []);
  const needed = operands.filter(
    ({ optional, unless }) => !optional && (unless === undefined || given[unless] === undefined),
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

async function runCommand(name: CommandName | null, line: Line, interrupts: Interrupts): Promise<number> {
  if (name === null) throw unknownCommand(line._);
  const { _, $0, ...options } = line;
  const settings = await readSettings(name, options);
  const given = checkOptions(name, options, null);
  const operands = operandsOf(name, line, given);
  const command: Command = COMMANDS[name];
  const { run } = await command.load();
  return run({ operands, settings, given, ...interrupts });
}

/** Says on stderr what went wrong, and gives the exit code. */
function reportError(error: unknown): number {
  if (error instanceof LockstepError) {
    process.stderr.write(`error: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    return EXIT_CODES[error.code];
  }
  // Whoever read the output has had enough of it.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
  const { stack } = error as Error;
  process.stderr.write(`error: a fault of lockstep itself; please report it.\n${stack ?? error}\n`);
  return EXIT_CODES.failed;
}

async function main(): Promise<void> {
  // What was being written fails by itself where it matters.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const interrupts = listenForSignals();
  try {
    await parser(async (name, line) => {
      process.exitCode = await runCommand(name, line, interrupts);
    }).parseAsync();
  } catch (error) {
    // What was given up may still be at work on threads of its own.
    if (error instanceof Interruption) process.exit(error.exitCode);
    process.exitCode = reportError(error);
  }
}

await main();
