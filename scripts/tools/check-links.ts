/**
 * Checks the relative links of all Markdown pages: each leads to a file or folder that exists and, with #, to a heading
 * of it; from a page of the package only to what the package has too. A list of a page's parts at its top has all of them. Run
 * by `npm run check`.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';

const SKIPPED = new Set(['node_modules', 'dist', 'api', '.git']);

/** Where the package's files are, by package.json; npm adds README.md, LICENSE and package.json. */
const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };

function isPackaged(path: string): boolean {
  if (path === 'LICENSE' || path === 'package.json') return true;
  return files.some(entry =>
    entry === '*.md' ? /^[^/]+\.md$/.test(path) : path === entry || path.startsWith(`${entry}/`),
  );
}

function findPages(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return findPages(path);
    return entry.name.endsWith('.md') ? [path.split(sep).join('/')] : [];
  });
}

/** The text without code, in which brackets mean nothing. */
function withoutCode(text: string): string {
  return text.replace(/^```.*?^```/gms, '').replace(/`[^`\n]*`/g, '');
}

/** The anchors of a page's headings, as GitHub makes them: of all, or of the parts. */
function anchorsOf(page: string, ofParts = false): Set<string> {
  const text = readFileSync(page, 'utf8').replace(/^```.*?^```/gms, '');
  const headings = [...text.matchAll(ofParts ? /^## (.+)$/gm : /^#+ (.+)$/gm)].map(([, title]) => title!);
  const slugs = headings.map(title =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
  return new Set(slugs);
}

const problems: string[] = [];
const pages = findPages('.');
let links = 0;

/** The parts that the list at the top of a page lacks; none if it has no list. */
function partsLeftOut(page: string): string[] {
  const [top] = readFileSync(page, 'utf8').split(/^## /m);
  const listed = new Set([...top!.matchAll(/^- \[.*?\]\(#(.*?)\)/gm)].map(([, anchor]) => anchor!));
  return listed.size === 0 ? [] : [...anchorsOf(page, true)].filter(anchor => !listed.has(anchor));
}

for (const page of pages) {
  for (const anchor of partsLeftOut(page)) problems.push(`${page}: the list at the top lacks #${anchor}`);
  for (const [, link] of withoutCode(readFileSync(page, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(link!)) continue;
    links++;
    const [path, anchor] = link!.split('#');
    const target =
      path === ''
        ? page
        : normalize(join(dirname(page), path!))
            .split(sep)
            .join('/');
    if (!existsSync(target)) problems.push(`${page}: ${link} leads to no file`);
    else if (isPackaged(page) && !isPackaged(target)) problems.push(`${page}: the package lacks ${target}`);
    else if (anchor && statSync(target).isFile() && !anchorsOf(target).has(anchor)) {
      problems.push(`${page}: ${target} has no heading #${anchor}`);
    }
  }
}

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(`links: ${links} in ${pages.length} pages, none of them dead\n`);
}
