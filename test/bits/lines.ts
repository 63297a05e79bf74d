/** Reads the lines of the cases. */
import { join } from 'node:path';

/** A line as it is typed: the words before its first option, and its options by name; true for one without a value. */
export interface Line {
  words: string[];
  options: Readonly<Record<string, string | true>>;
}

/** What is added to a line. */
export interface Surroundings {
  /** Where the folders lie that paths begin with: `files/` and the like. */
  folders?: Readonly<Record<string, string>>;
  /** Options that the line can replace; those that it gives as `usual` are left out. */
  common?: string;
  /** Options that replace the line's. */
  instead?: string;
}

/** Reads a line with what surrounds it. Double quotes hold a word together; the last of several options of a name counts. */
export function readLine(text: string, { folders = {}, common = '', instead = '' }: Surroundings = {}): Line {
  const words = split(text, folders);
  const first = words.findIndex(isName);
  const options = [split(common, folders), words, split(instead, folders)].flatMap(optionsIn);
  const given = Object.entries(Object.fromEntries(options)).filter(([, value]) => value !== 'usual');
  return { words: first < 0 ? words : words.slice(0, first), options: Object.fromEntries(given) };
}

/** The options among words, by name. */
function optionsIn(words: readonly string[]): [string, string | true][] {
  return words.flatMap((word, i) => {
    if (!isName(word)) return [];
    const next = words[i + 1];
    return [[word.slice(2), next === undefined || isName(next) ? true : next]];
  });
}

/** The words as the command line takes them. */
export function wordsOf({ words, options }: Line): string[] {
  const typed = Object.entries(options).map(([name, value]) =>
    value === true ? `--${name}` : `--${name}=${value}`,
  );
  return [...words, ...typed];
}

function isName(word: string): boolean {
  return word.startsWith('--');
}

function split(text: string, folders: Readonly<Record<string, string>>): string[] {
  const words = text.match(/"[^"]*"|\S+/g) ?? [];
  return words.map(word => {
    const bare = word.replace(/^"(.*)"$/, '$1');
    const start = Object.keys(folders).find(start => bare.startsWith(start));
    return start === undefined ? bare : join(folders[start]!, bare.slice(start.length));
  });
}
