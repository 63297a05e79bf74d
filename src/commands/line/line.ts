/**
 * Runs one line of the command line: parses it, checks it against the table of options, calls the command, and returns the
 * exit code. Results go to stdout, everything else to stderr.
 */
import { shellLine, writeFlags } from '../../config/flags.js';
import { COMMAND_NAMES, type CommandName } from '../../config/options.js';
import { type Read, readSettings } from '../../config/settings.js';
import { EXIT_CODES, LockstepError, usageError } from '../../errors.js';
import { nearest } from '../../nearest.js';
import { completionScript, completionsOf } from './completion.js';
import { asLockstepError, checkCurrentFolder } from './environment.js';
import { commandParser, firstWord, type Line, overview } from './parser.js';
import { print, say } from './print.js';
import { Interruption, type Interrupts, unlessAborted } from './signals.js';
import { isLostOutput } from './streams.js';
import { COMMANDS, type Command } from './table.js';

/** The words after the command. @throws usage if there are too few or too many */
function operandsOf(name: CommandName, { _: [, ...words] }: Line, { given, recorded }: Read): string[] {
  const { operands } = COMMANDS[name];
  const known = operands.flatMap((operand, i) => words[i] ?? operand.default ?? []);
  const needed = operands.filter(
    ({ optional, unless, isRecorded }) =>
      !optional && !unless?.some(key => given[key] !== undefined) && !(isRecorded && recorded),
  );
  const more = words.slice(operands.length);
  const open = operands.at(-1)?.several === true;
  if (known.length >= needed.length && (open || more.length === 0)) return [...known, ...more].map(String);
  const expected = operands.map(operand => operand.name).join(' and ') || 'only options';
  const got = words.join(' ') || 'nothing';
  const missing = operands[words.length];
  throw missing
    ? usageError(`lockstep ${name}: expected ${expected}, got ${got}.`, `${missing.name} is ${missing.help}.`)
    : usageError(
        `lockstep ${name}: expected ${expected}, got ${got}.`,
        'Put quotes around a pattern, as in "data/*.csv".',
      );
}

/** Words in the place of a command that show the list of commands. */
const OTHER_WORDS = ['help', 'completion'];

/** The command that a line names; undefined if it has no words but options. @throws usage if there is no such command */
function commandOf(words: readonly string[]): CommandName | undefined {
  const word = firstWord(words);
  const name = COMMAND_NAMES.find(one => one === word);
  if (name !== undefined || word === undefined || OTHER_WORDS.includes(String(word))) return name;
  const meant = nearest(String(word), COMMAND_NAMES);
  throw usageError(
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

/** Reports an error on stderr and returns the exit code. */
export function reportError(thrown: unknown): number {
  if (isLostOutput(thrown)) return EXIT_CODES.failed;
  const error = asLockstepError(thrown);
  if (error instanceof LockstepError) {
    const { message, hint } = error.writtenWith(writeFlags);
    say(`error: ${message}`);
    say(hint ?? null);
    return EXIT_CODES[error.code];
  }
  // The reader of the output has stopped reading.
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') return 0;
  const { stack } = error as Error;
  say(`error: a fault of lockstep itself; please report it.\n${stack ?? error}`);
  return EXIT_CODES.failed;
}

/** `help train` means `train --help`. */
function expand(words: readonly string[]): readonly string[] {
  return words[0] === 'help' ? [...words.slice(1), '--help'] : words;
}

/** The answer if a shell asks for completion; null for other lines. */
function completionOf([first, ...rest]: readonly string[]): string | null {
  if (first === 'completion') return completionScript();
  return first === '--get-yargs-completions' ? completionsOf(rest).join('\n') : null;
}

/** Runs a line, reports its errors and returns the exit code. @throws Interruption if the work was interrupted */
export async function runLine(typed: readonly string[], interrupts: Interrupts): Promise<number> {
  try {
    const completion = completionOf(typed);
    if (completion !== null) {
      print(completion);
      return 0;
    }
    const words = expand(typed);
    const name = commandOf(words);
    const taken: Line[] = [];
    (name ? commandParser(name, words, taken) : overview(words, taken)).parse();
    const [line] = taken;
    if (line === undefined) return 0;
    if (name === undefined) {
      throw usageError('lockstep: expected a command, got nothing.', 'lockstep --help lists them.');
    }
    return await runCommand(name, words, line, interrupts);
  } catch (error) {
    if (error instanceof Interruption) throw error;
    return reportError(error);
  }
}
