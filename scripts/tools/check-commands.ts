/**
 * Checks every `lockstep …` line of the pages and of --help against the tables of commands and options: each names a command
 * that exists, and only options that it takes. Run by `npm run check`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { COMMANDS } from '../../src/commands/line/table.js';
import { COMMAND_NAMES, nameOf, optionsOf } from '../../src/config/options.js';

const PAGES = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...['docs', 'examples'].flatMap(folder =>
    readdirSync(folder)
      .filter(name => name.endsWith('.md'))
      .map(name => `${folder}/${name}`),
  ),
];

/** Words that can stand in the place of a command. */
const OTHER_WORDS = ['help', 'completion', '--help', '-h', '--version', 'COMMAND', '…'];

/** A comment, the end of a command, or a word with its quoted parts. */
const TOKEN = /#.*$|[|>;]|(?:"[^"]*"|'[^']*'|[^\s"'|>;])+/g;

const problems: string[] = [];
let lines = 0;

/** Checks the commands of a line, which may stand after others or in a sentence. */
function checkLine(line: string, place: string): void {
  const tokens = (line.match(TOKEN) ?? []).filter(token => !token.startsWith('#'));
  for (const [i, token] of tokens.entries()) {
    if (token !== 'lockstep' || tokens[i + 1] === undefined) continue;
    const end = tokens.findIndex((other, j) => j > i && /^[|>;]$/.test(other));
    checkCommand(tokens.slice(i + 1, end < 0 ? undefined : end), `${place}: ${line.trim()}`);
    lines++;
  }
}

function checkCommand([name, ...words]: string[], place: string): void {
  const command = COMMAND_NAMES.find(one => one === name);
  if (command === undefined) {
    if (!OTHER_WORDS.includes(name!)) problems.push(`${place}\n  there is no command ${name}`);
    return;
  }
  const known = ['help', ...optionsOf(command).map(nameOf)];
  for (const word of words) {
    const [, option] = /^--([\w-]+)/.exec(word) ?? [];
    if (option !== undefined && !known.includes(option)) {
      problems.push(`${place}\n  ${command} has no option --${option}`);
    }
  }
}

for (const page of PAGES) {
  const text = readFileSync(page, 'utf8');
  const blocks = [...text.matchAll(/^```\n(.*?)^```/gms)].flatMap(([, block]) => block!.split('\n'));
  const spans = [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
  for (const line of [...blocks, ...spans]) checkLine(line.replaceAll('\n', ' '), page);
}
for (const name of COMMAND_NAMES) {
  for (const [line] of COMMANDS[name].examples) checkLine(line.replace('$0', 'lockstep'), `${name} --help`);
}

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`commands: ${lines} lines in ${PAGES.length} pages and --help, all of them valid\n`);
}
