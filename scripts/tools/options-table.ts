/**
 * Keeps the table of options in docs/options.md current: prints it; with --write puts it between the marks
 * `<!-- options -->` and `<!-- /options -->` of that page; with --check fails if what is there is out of date.
 */
import { optionsMarkdown } from '../../src/config/markdown.js';
import { keepBetweenMarks } from './marks.js';

const [mode] = process.argv.slice(2);
const table = optionsMarkdown();

if (mode === '--write' || mode === '--check') {
  const script = 'dist/scripts/tools/options-table.js';
  keepBetweenMarks({ mode, script, page: 'docs/options.md', mark: 'options', text: table });
} else {
  process.stdout.write(`${table}\n`);
}
