/**
 * Keeps the README's table of options up to date: prints it; with --write, inserts it between the README's
 * marks `<!-- options -->` and `<!-- /options -->`; with --check, fails if the README's table is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { optionsMarkdown } from '../../src/config/markdown.js';

const README = 'README.md';
const BETWEEN = /(?<=<!-- options -->\n).*(?=<!-- \/options -->)/s;

const [mode] = process.argv.slice(2);
const table = `\n${optionsMarkdown()}\n\n`;

if (mode === '--write' || mode === '--check') {
  const readme = readFileSync(README, 'utf8');
  if (!BETWEEN.test(readme)) {
    fail(`${README}: expected the marks <!-- options --> and <!-- /options -->, got none.`);
  } else if (mode === '--write') {
    writeFileSync(
      README,
      readme.replace(BETWEEN, () => table),
    );
  } else if (readme.match(BETWEEN)![0] !== table) {
    fail(
      `${README}: the table of options is out of date. Run node dist/scripts/tools/options-table.js --write.`,
    );
  }
} else {
  process.stdout.write(`${table.trim()}\n`);
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
