/** Compares the configurations of runs: a row for each option, highlighted if the runs differ. */
import { isPlain } from '../../store/run-files.js';
import { type Html, html } from '../html.js';
import { htmlTable } from '../html-table.js';
import type { Run } from './record.js';

/** A configuration key and its value in each run, as text. */
export interface Setting {
  key: string;
  values: string[];
  differs: boolean;
}

/** All keys of all runs in order of appearance; nested keys are joined by dots: options.lr */
export function settingsOf(runs: readonly Run[]): Setting[] {
  const flat = runs.map(run => new Map(flatten(run.config, '')));
  const keys = [...new Set(flat.flatMap(one => [...one.keys()]))];
  return keys.map(key => {
    const values = flat.map(one => one.get(key) ?? '–');
    return { key, values, differs: values.some(value => value !== values[0]) };
  });
}

/**
 * For one run, a table of all settings; for several, a table of the differences, with all settings behind a
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
    const half = Math.ceil(all.length / 2);
    return html`<div class="figures">${[all.slice(0, half), all.slice(half)].map(part => table(part))}</div>`;
  }
  const different = all.filter(({ differs }) => differs);
  const marked = new Set(all.flatMap(({ differs }, i) => (differs ? [i] : [])));
  return html`${
    different.length === 0
      ? html`<p>The runs have the same configuration.</p>`
      : table(different, 'Settings that differ between the runs')
  }<details><summary>All settings</summary>${table(all, 'Differences are highlighted', marked)}</details>`;
}

function flatten(value: unknown, path: string): [string, string][] {
  if (isPlain(value)) {
    return Object.entries(value).flatMap(([key, inner]) =>
      flatten(inner, path === '' ? key : `${path}.${key}`),
    );
  }
  if (Array.isArray(value) && value.some(isPlain)) {
    return value.flatMap((inner, i) => flatten(inner, `${path}.${i + 1}`));
  }
  if (Array.isArray(value)) return [[path, value.map(one => textOf(one)).join(', ') || 'none']];
  return [[path, textOf(value)]];
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
