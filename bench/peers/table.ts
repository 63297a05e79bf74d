/** Figures as Markdown tables, padded so that they are readable as plain text too. */
import type { Cell } from './cells.js';
import type { Peer } from './peers.js';
import { speedOf, type Trial } from './rounds.js';
import { type CellFigures, type Figure, geometricMean } from './summary.js';

const NOTHING = '–';

/**
 * The main table: a row for each cell, a column for each peer, and the geometric means of the ratios at the
 * bottom.
 */
export function drawTable(peers: Peer[], rows: CellFigures[]): string {
  const head = ['layers', 'batch', ...peers.map(headOf)];
  const body = rows.map(({ cell, figures }) => [
    cell.layers.join(','),
    String(cell.batchSize),
    ...peers.map(peer => textOf(figures.get(peer.id)!, peer)),
  ]);
  const foot = ['geometric mean', '', ...peers.map(peer => (peer.against ? meanOf(peer, rows) : ''))];
  return draw([head, ...body, foot]);
}

/** Rows per second of every way of a peer in the first round. */
export function drawWays(peer: Peer, cells: { cell: Cell; trials: Trial[] }[]): string {
  const head = ['layers', 'batch', ...peer.ways.map(way => way.name)];
  const body = cells.map(({ cell, trials }) => [
    cell.layers.join(','),
    String(cell.batchSize),
    ...peer.ways.map(way => {
      const trial = trials.find(t => t.round === 0 && t.peer === peer.id && t.way === way.name);
      const speed = trial ? speedOf(trial.outcome, cell) : null;
      return speed === null ? NOTHING : formatSpeed(speed);
    }),
  ]);
  return draw([head, ...body]);
}

/** Why figures are missing, one line each. */
export function listFailures(peers: Peer[], rows: CellFigures[]): string[] {
  return rows.flatMap(({ cell, figures }) =>
    peers.flatMap(peer => {
      const { reason } = figures.get(peer.id)!;
      return reason ? [`${peer.title}, ${cell.layers.join(',')}:${cell.batchSize}: ${reason}`] : [];
    }),
  );
}

/** Three significant digits, with thousands separators. */
export function formatSpeed(speed: number): string {
  return Number(speed.toPrecision(3)).toLocaleString('en');
}

function headOf(peer: Peer): string {
  if (peer.against === null) return peer.title;
  return `${peer.title} · ${peer.against.replace('ours-', '')} ÷`;
}

function textOf(figure: Figure, peer: Peer): string {
  if (figure.speed === null) return peer.against ? `${NOTHING} failed` : NOTHING;
  const speed = `${figure.bound ? '<' : ''}${formatSpeed(figure.speed)}${figure.partial ? '†' : ''}`;
  if (peer.against === null) return speed;
  const way = peer.ways.length > 1 ? ` (${figure.way})` : '';
  return figure.ratio === null ? speed + way : `${speed}${way} · ${formatRatio(figure.ratio, figure.bound)}`;
}

function meanOf(peer: Peer, rows: CellFigures[]): string {
  const figures = rows.map(({ figures }) => figures.get(peer.id)!).filter(({ ratio }) => ratio !== null);
  const mean = geometricMean(figures.map(({ ratio }) => ratio!));
  const bound = figures.some(figure => figure.bound);
  return mean === null ? NOTHING : formatRatio(mean, bound);
}

function formatRatio(ratio: number, bound: boolean): string {
  const digits = ratio < 10 ? ratio.toFixed(2) : formatSpeed(ratio);
  return `${bound ? '>' : ''}${digits}×`;
}

/** The first row is the header; the first column is aligned left, the others right. */
export function draw(rows: string[][]): string {
  const widths = rows[0]!.map((_, c) => Math.max(3, ...rows.map(row => [...row[c]!].length)));
  const pad = (text: string, c: number) => {
    const gap = ' '.repeat(widths[c]! - [...text].length);
    return c === 0 ? text + gap : gap + text;
  };
  const line = (row: string[]) => `| ${row.map(pad).join(' | ')} |`;
  const rule = `|${widths.map((width, c) => (c === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n');
}
