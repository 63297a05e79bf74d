/**
 * The configuration of a run, or of several beside each other: a row for each option and each fact, those that are as usual
 * behind a click.
 */
import { isDefault } from '../../config/flags.js';
import { isPlain } from '../../store/run-files.js';
import { formatCount, formatFigure } from '../format.js';
import { type Html, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import type { Run } from './record.js';

/** A configuration key and its value in each run, as text. */
export interface Setting {
  key: string;
  values: string[];
  differs: boolean;
  /** Whether it is an option with its default, or only identifies data, machine and sessions. */
  isUsual: boolean;
}

/** Where a run began is nobody else's business; its folder is at the top of the page. */
const PRIVATE = new Set(['begun']);
const OPTION = 'options.';
const IDENTIFYING = /^(fingerprint|sessions|reading|rules)\b/;

/** All keys of all runs in order of appearance; nested keys are joined by dots: options.lr */
export function settingsOf(runs: readonly Run[]): Setting[] {
  const flat = runs.map(run => new Map(flatten(run.config, '')));
  const keys = [...new Set(flat.flatMap(one => [...one.keys()]))].filter(key => !PRIVATE.has(key));
  return keys.map(key => {
    const found = flat.map(one => one.get(key));
    const texts = found.map(exactText);
    const isUsual = key.startsWith(OPTION)
      ? found.every(value => value === undefined || isDefault(key.slice(OPTION.length), value))
      : IDENTIFYING.test(key);
    // Options as they are typed; what follows from them for people.
    const values = key.startsWith(OPTION) ? texts : found.map(shortText);
    return { key, values, differs: texts.some(text => text !== texts[0]), isUsual };
  });
}

/**
 * For one run, a table of what was chosen and what followed; for several, a table of the differences; with all settings behind a
 * click.
 */
export function configurationTable(runs: readonly Run[]): Html {
  const all = settingsOf(runs);
  const heads = ['setting', ...runs.map(run => (runs.length === 1 ? 'value' : run.name))];
  const table = (settings: readonly Setting[], caption?: string, marked = new Set<number>()) => {
    const rows = settings.map(({ key, values }) => [key, ...values]);
    return htmlTable({ ...(caption === undefined ? {} : { caption }), heads, rows, words: true, marked });
  };
  if (runs.length === 1) {
    const chosen = all.filter(({ isUsual }) => !isUsual);
    const usual = all.filter(({ isUsual }) => isUsual);
    return html`${halves(chosen, table)}${
      usual.length === 0
        ? null
        : html`<details><summary>Options with their defaults, data and sessions</summary>${halves(usual, table)}</details>`
    }`;
  }
  const different = all.filter(({ differs }) => differs);
  const marked = new Set(all.flatMap(({ differs }, i) => (differs ? [i] : [])));
  return html`${
    different.length === 0
      ? html`<p>The runs have the same configuration.</p>`
      : table(different, 'Settings that differ between the runs')
  }<details><summary>All settings</summary>${table(all, 'Differences are highlighted', marked)}</details>`;
}

function halves(settings: readonly Setting[], table: (part: readonly Setting[]) => Html): Html {
  const half = Math.ceil(settings.length / 2);
  return html`<div class="figures">${[settings.slice(0, half), settings.slice(half)].map(part => table(part))}</div>`;
}

/** The values that are no objects, with their paths. */
function flatten(value: unknown, path: string): [string, unknown][] {
  if (isPlain(value)) {
    return Object.entries(value).flatMap(([key, inner]) =>
      flatten(inner, path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(value) && value.some(isPlain)) {
    return value.flatMap((inner, i) => flatten(inner, `${path}.${i + 1}`));
  }
  return [[path, value]];
}

function exactText(value: unknown): string {
  if (value === undefined) return '–';
  if (Array.isArray(value)) return value.map(exactText).join(', ') || 'none';
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The same with numbers as people read them. */
function shortText(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? formatCount(value) : formatFigure(value);
  return Array.isArray(value) ? value.map(shortText).join(', ') || 'none' : exactText(value);
}
