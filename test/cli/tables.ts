/** Small tables of seeded random numbers, one for each task. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/random.js';

const random = new Random(5, 'probe');

/** Writes a CSV file and returns its path. */
function writeRows(
  path: string,
  header: string,
  rows: number,
  row: (i: number) => (string | number)[],
): string {
  const lines = Array.from({ length: rows }, (_, i) => row(i).join(','));
  writeFileSync(path, `${[header, ...lines].join('\n')}\n`);
  return path;
}

const round = (value: number) => Number(value.toFixed(3));

/** Three kinds that differ in length, weight and colour. */
export function writeKinds(folder: string, name: string, rows: number, from = 0): string {
  return writeRows(join(folder, name), 'length,weight,colour,kind', rows, i => {
    const kind = i % 3;
    const length = 10 * kind + random.normal(from + 2 * i);
    const weight = 5 * (kind - 1) ** 2 + random.normal(from + 2 * i + 1);
    return [round(length), round(weight), ['red', 'green'][kind % 2]!, ['ant', 'bee', 'cat'][kind]!];
  });
}

/** Up or down, by the sign of a sum. */
export function writeAnswers(folder: string, name: string, rows: number, from = 0): string {
  return writeRows(join(folder, name), 'a,b,answer', rows, i => {
    const a = random.normal(from + 2 * i);
    const b = random.normal(from + 2 * i + 1);
    return [round(a), round(b), a + b > 0 ? 'up' : 'down'];
  });
}

/** Two targets of very different size, both nearly linear. */
export function writeHouses(folder: string, name: string, rows: number, from = 0): string {
  return writeRows(join(folder, name), 'area,rooms,price,tax', rows, i => {
    const area = 50 + 100 * random.uniform(from + 2 * i);
    const rooms = 1 + Math.floor(6 * random.uniform(from + 2 * i + 1));
    return [round(area), rooms, round(2000 * area + 10_000 * rooms), round(area / 100 + rooms / 10)];
  });
}

/** Two labels: `up` (0 or 1) by the sign of a sum, `wide` (no or yes) by the sign of a difference. */
export function writeLabels(folder: string, name: string, rows: number, from = 0): string {
  return writeRows(join(folder, name), 'a,b,up,wide', rows, i => {
    const a = random.normal(from + 2 * i);
    const b = random.normal(from + 2 * i + 1);
    return [round(a), round(b), Number(a + b > 0), a - b > 0.3 ? 'yes' : 'no'];
  });
}
