/**
 * The script of the page: a form for one row, and a table for a dropped file. It is written into the page as it is built, and
 * runs in a browser. The model is in the script before it.
 */

import type { Prediction } from '../code/runtime.js';
import type { Input } from '../program.js';
import { parseCsv } from './csv.js';

interface PageModel {
  predict(row: Readonly<Record<string, string>> | readonly string[], options?: object): Prediction;
  inputs: readonly Input[] | readonly { count: number }[];
}

/** Rows of a file that are shown; all are in the file to save. */
const MOST_SHOWN = 100;

/** @param model what the script before it defines */
export function start(model: PageModel): void {
  const form = find<HTMLFormElement>('row');
  form.addEventListener('submit', event => {
    event.preventDefault();
    show(find('answer'), () => [answerTable(model.predict(rowOf(form, model)))]);
  });
  const drop = find('drop');
  drop.addEventListener('dragover', event => event.preventDefault());
  drop.addEventListener('drop', event => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) void showFile(model, file);
  });
  const picker = find<HTMLInputElement>('file');
  picker.addEventListener('change', () => {
    const [file] = picker.files ?? [];
    if (file) void showFile(model, file);
  });
}

function find<E extends HTMLElement>(id: string): E {
  return document.getElementById(id) as E;
}

/** The fields of the form; the pixels of an image are in one field. */
function rowOf(form: HTMLFormElement, { inputs }: PageModel): readonly string[] {
  const values = [...new FormData(form).values()].map(String);
  const areColumns = inputs.every(input => 'name' in input);
  return areColumns ? values : values[0]!.split(/[\s,;]+/).filter(text => text !== '');
}

/** Shows what is made, or why it can't be. */
function show(place: HTMLElement, make: () => Node[]): void {
  try {
    place.replaceChildren(...make());
  } catch (error) {
    const note = element('p', error instanceof Error ? error.message : String(error));
    note.className = 'note';
    place.replaceChildren(note);
  }
}

async function showFile(model: PageModel, file: File): Promise<void> {
  const text = await file.text();
  show(find('table'), () => {
    const { names, rows } = parseCsv(text, model.inputs);
    const lines = rows.map(cells => lineOf(model, names, cells));
    const heads = lines.find(line => line !== null && !('error' in line)) ?? {};
    const columns = [
      ...names,
      ...Object.keys(heads),
      ...(lines.some(line => 'error' in line) ? ['error'] : []),
    ];
    const table = rows.map((cells, i) => [
      ...names.map((_, j) => cells[j] ?? ''),
      ...columns.slice(names.length).map(name => lines[i]![name] ?? ''),
    ]);
    return [
      element('p', `${rows.length} rows of ${file.name}`),
      saveLink(columns, table),
      tableOf(columns, table.slice(0, MOST_SHOWN)),
    ];
  });
}

/** The columns that are added to a row of a file. */
function lineOf(
  { predict, inputs }: PageModel,
  names: readonly string[],
  cells: readonly string[],
): Record<string, string> {
  const areColumns = inputs.every(input => 'name' in input);
  if (areColumns && cells.length !== names.length) {
    return { error: `expected ${names.length} cells, as in the first line, got ${cells.length}` };
  }
  const row = areColumns ? Object.fromEntries(names.map((name, j) => [name, cells[j]!])) : cells;
  try {
    return flat(predict(row));
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** The names that lockstep predict gives these columns. */
function flat({ label, labels = {}, values = {}, probabilities = {} }: Prediction): Record<string, string> {
  const renamed = (values: object, prefix: string) =>
    Object.entries(values).map(([name, value]) => [`${prefix}${name}`, String(value)]);
  return Object.fromEntries([
    ...(label === undefined ? [] : [['prediction', label]]),
    ...renamed(labels, 'prediction_'),
    ...renamed(values, 'prediction_'),
    ...renamed(probabilities, 'probability_'),
  ]);
}

function answerTable(prediction: Prediction): HTMLElement {
  return tableOf(['', 'predicted'], Object.entries(flat(prediction)));
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const table = element('table');
  for (const [name, line] of [['th', heads] as const, ...rows.map(row => ['td', row] as const)]) {
    const row = element('tr');
    row.append(...line.map(text => element(name, text)));
    table.append(row);
  }
  return table;
}

function saveLink(columns: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const text = [columns, ...rows].map(line => `${line.map(quoted).join(',')}\n`).join('');
  const link = element('a', 'Save as predictions.csv') as HTMLAnchorElement;
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = 'predictions.csv';
  return link;
}

function element(name: string, text = ''): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
