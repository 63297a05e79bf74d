/**
 * Texts that name options, for errors, hints and notes. The core calls an option by its property (`learningRate`) and marks
 * the place; whoever shows the text writes the option in their own way: the library as a property, the command line as a
 * flag. A marked text is a string like any other until then, so that texts can be put together freely.
 */

/** Private characters of Unicode, between which a mark is JSON: the options it names, each with its value if it has one. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const MARK = /\uE000([^\uE000\uE001]*)\uE001/g;

/** A property, and its value as a program would give it, if it stands there. */
export type NamedOption = readonly [property: string, value?: unknown];

/** Writes the options of one mark. */
export type WriteOptions = (named: readonly NamedOption[]) => string;

/** An option in a text: its name alone, or with a value, as in `Try learningRate: 0.001`. */
export function option(property: string, value?: unknown): string {
  return mark([value === undefined ? [property] : [property, value]]);
}

/** Several options with their values that belong together: `Add naValues: ["n/a"], missing: "mean"`. */
export function options(values: Readonly<Record<string, unknown>>): string {
  return mark(Object.entries(values));
}

function mark(named: readonly NamedOption[]): string {
  return OPEN + JSON.stringify(named) + CLOSE;
}

/** The text with its options as someone writes them. What only looks like a mark stays as it is. */
export function writeOptions(text: string, write: WriteOptions): string {
  return text.replace(MARK, (whole, content: string) => {
    try {
      return write(JSON.parse(content) as NamedOption[]);
    } catch {
      return whole;
    }
  });
}

/** The text for those who call the library. */
export function inProperties(text: string): string {
  return writeOptions(text, writeProperties);
}

/** Options as a program gives them. */
export function writeProperties(named: readonly NamedOption[]): string {
  return named.map(writeProperty).join(', ');
}

function writeProperty([property, value]: NamedOption): string {
  return value === undefined ? property : `${property}: ${writeValue(value)}`;
}

/** As in a program: 0.001, "mean", ["a", "b"], { figure: "accuracy" } */
function writeValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeValue).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, inner]) => `${name}: ${writeValue(inner)}`);
  return `{ ${entries.join(', ')} }`;
}
