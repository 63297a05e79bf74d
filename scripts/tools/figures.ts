/**
 * Measured figures: their form in docs/figures/MACHINE.json, and how they become Markdown. Pure: no files, no printing.
 * What a bench measured is one table; a table of the same id is replaced when it is measured again.
 */

/** A number, a number with a mark (`>26`, `8,540†`), a text, or nothing. */
export type Cell = number | string | null;

export interface Column {
  key: string;
  title: string;
  /** Digits after the point; as the number has them if left out. */
  decimals?: number;
  /** Without commas between thousands, as people type it: 8192. */
  plain?: boolean;
  /** Left-aligned, even if the cells look like numbers: 784,30,10. */
  text?: boolean;
}

export interface FigureTable {
  id: string;
  title: string;
  /** 2026-11-25. */
  date: string;
  /** What to type to measure it again. */
  command: string | null;
  about?: string[];
  columns: Column[];
  /** Cells by the key of their column; a key that is left out is an empty cell. */
  rows: Record<string, Cell>[];
  /** Keys of columns of ratios, whose geometric means are the last row. */
  means?: string[];
  notes?: string[];
}

export interface Machine {
  name: string;
  /** Processor, memory, versions, by name. */
  machine: Record<string, string>;
  about: string[];
  tables: FigureTable[];
}

/** A machine's section of the page. */
export function machineMarkdown({ name, machine, about, tables }: Machine): string {
  const facts = Object.entries(machine).map(([what, value]) => `- ${what}: ${value}`);
  return [`## ${name}`, facts.join('\n'), ...about, ...tables.map(tableMarkdown)].join('\n\n');
}

function tableMarkdown(table: FigureTable): string {
  const { title, date, command, about = [], notes = [] } = table;
  const measured = command === null ? `Measured on ${date}.` : `Measured on ${date} by \`${command}\`.`;
  return [`### ${title}`, ...about, drawTable(table), ...notes, measured].join('\n\n');
}

/** The part of a table that is drawn. */
export type Grid = Pick<FigureTable, 'columns' | 'rows' | 'means'>;

/** Rows and means as a table in Markdown. @param columns those to show, in order; all unless given */
export function drawTable(table: Grid, columns = table.columns): string {
  const head = columns.map(({ title }) => title);
  const rule = columns.map(column => (isNumeric(table, column) ? '---:' : '---'));
  const body = table.rows.map(row => columns.map(column => formatCell(row[column.key] ?? null, column)));
  const foot = table.means ? [columns.map((column, i) => footCell(table, column, i))] : [];
  return [head, rule, ...body, ...foot].map(cells => `| ${cells.join(' | ')} |`).join('\n');
}

function footCell(table: Grid, column: Column, index: number): string {
  if (index === 0) return 'geometric mean';
  if (!table.means?.includes(column.key)) return '';
  const { mean, bound } = meanRatio(table, column.key);
  return `${bound}${formatNumber(Number(mean.toPrecision(3)), column)}`;
}

/** The geometric mean of a column of ratios, and `>` if some of them are lower bounds. */
export function meanRatio({ rows }: Grid, key: string): { mean: number; bound: '' | '>' } {
  const cells = rows.map(row => row[key] ?? null).filter(cell => cell !== null);
  const ratios = cells.map(numberIn);
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  return { mean, bound: cells.some(cell => String(cell).startsWith('>')) ? '>' : '' };
}

/** The number in a cell: 26 in `>26`. NaN if there is none. */
function numberIn(cell: Cell): number {
  return typeof cell === 'number' ? cell : Number.parseFloat(String(cell).replace(/[<>,†]/g, ''));
}

/** Whether a column's cells are numbers, marked or not, and so stand on the right. */
function isNumeric({ rows }: Grid, { key, text }: Column): boolean {
  if (text) return false;
  const cells = rows.map(row => row[key] ?? null).filter(cell => cell !== null);
  return cells.length > 0 && cells.every(cell => typeof cell === 'number' || /^[<>]?[\d,.]+†?$/.test(cell));
}

function formatCell(cell: Cell, column: Column): string {
  if (cell === null) return '–';
  return typeof cell === 'number' ? formatNumber(cell, column) : cell.replaceAll('|', '\\|');
}

function formatNumber(value: number, { decimals, plain }: Column): string {
  if (plain) return String(value);
  if (decimals === undefined || value >= 10) return value.toLocaleString('en');
  return value.toFixed(decimals);
}
