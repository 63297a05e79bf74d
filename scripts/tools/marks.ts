/**
 * Generated parts of Markdown pages: the text between `<!-- NAME -->` and `<!-- /NAME -->`. Whoever generates a part
 * writes it there, and `npm run check` fails if it is no longer what would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface GeneratedPart {
  mode: '--write' | '--check';
  /** What to run with --write if the page is out of date. */
  script: string;
  page: string;
  mark: string;
  text: string;
}

/** Writes the part or checks it; sets the exit code to 1 if it is out of date, or its marks are missing. */
export function keepBetweenMarks({ mode, script, page, mark, text }: GeneratedPart): void {
  const between = new RegExp(`(?<=<!-- ${mark} -->\n).*(?=<!-- /${mark} -->)`, 's');
  const expected = `\n${text}\n\n`;
  const old = readFileSync(page, 'utf8');
  const found = old.match(between)?.[0];
  if (found === undefined) {
    fail(`${page} has no marks <!-- ${mark} --> and <!-- /${mark} -->. Add them where the text belongs.`);
  } else if (mode === '--write') {
    writeFileSync(
      page,
      old.replace(between, () => expected),
    );
  } else if (found !== expected) {
    fail(`${page}: the part "${mark}" is out of date. Run node ${script} --write.`);
  }
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
