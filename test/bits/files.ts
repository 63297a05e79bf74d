/**
 * The data that the cases are trained on, as small files: tables, images, initial weights. Every number comes from an
 * integer formula, so that the files are the same on every machine and do not depend on the code under test.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A whole number from 0 to 2³² − 1 for each row and column. */
function word(row: number, column: number): number {
  let h = Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(column + 1, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** One of the items, by chance. */
function pick<T>(items: readonly T[], row: number, column: number): T {
  return items[word(row, column) % items.length]!;
}

const HEADER = 'x1,x2,x3,x4,x5,x6,size,fresh,code,gap,day,weight,price,tax,due,rate,answer,kind,a,b,c'.split(
  ',',
);

/** One row of table.csv. Numbers are whole thousandths until they are written. */
function cellsOf(row: number): (string | number)[] {
  const x = Array.from({ length: 6 }, (_, j) => (word(row, j) % 4001) - 2000);
  const [x1, x2, x3, x4, x5, x6] = x as [number, number, number, number, number, number];
  const score = 2 * x1 - x2 + Math.round((x3 * x4) / 1000);
  const price = 50_000 + 3 * score + (word(row, 20) % 500);
  const decimal = (thousandths: number) => thousandths / 1000;
  return [
    ...x.map(decimal),
    pick(['small', 'medium', 'large'], row, 6),
    pick(['yes', 'no'], row, 7),
    pick(['010', '20', '3'], row, 8),
    word(row, 9) % 5 === 0 ? '' : decimal(x5 + x6),
    `202${word(row, 10) % 4}-0${1 + (word(row, 11) % 9)}-1${word(row, 12) % 10}`,
    pick([0, 0.5, 1, 1, 2.25], row, 13),
    decimal(price),
    decimal(x5 - x2 + (word(row, 21) % 300)),
    row % 9 === 4 ? '' : decimal(x1 + x6),
    decimal(word(row, 22) % 1001),
    score + (word(row, 23) % 1000) > 400 ? 'up' : 'down',
    score < -1500 ? 'ant' : score < 1200 ? 'bee' : 'cat',
    Number(x1 > 500),
    Number(x2 + x3 > 0),
    Number(x5 > -1500),
  ];
}

function csv(header: readonly string[], rows: number, cells: (row: number) => (string | number)[]): string {
  const lines = Array.from({ length: rows }, (_, row) => cells(row).join(','));
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

/** A CSV file in an unusual layout: every option that says how a file is laid out is needed to read it. */
function messyText(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const [a, b] = [word(row, 30) % 1000, word(row, 31) % 1000];
    const price = row % 10 === 7 ? 'unknown' : `'$ 1 ${b % 10}${a % 10}0,5'`;
    return `'${a},25';${price};'${a + b > 900 ? 'it; is' : 'no'}'${row % 6 === 0 ? ' # seen twice' : ''}`;
  });
  return `${['written by hand', ...lines].join('\n')}\n`;
}

/** Images of 5 × 5 bytes, brighter where their class has its row. */
function writeImages(folder: string, part: string, count: number, from: number): void {
  const head = (...numbers: number[]) => {
    const view = new DataView(new ArrayBuffer(4 * numbers.length));
    numbers.forEach((number, i) => void view.setUint32(4 * i, number));
    return [...new Uint8Array(view.buffer)];
  };
  const classOf = (image: number) => word(image, 40) % 4;
  const images = Array.from({ length: count * 25 }, (_, i) => {
    const image = from + Math.floor(i / 25);
    const noise = word(image, 50 + (i % 25)) % 128;
    return Math.floor((i % 25) / 5) === classOf(image) ? 127 + noise : noise;
  });
  const labels = Array.from({ length: count }, (_, i) => classOf(from + i));
  writeFileSync(
    join(folder, `${part}-images-idx3-ubyte`),
    new Uint8Array([...head(0x803, count, 5, 5), ...images]),
  );
  writeFileSync(
    join(folder, `${part}-labels-idx1-ubyte`),
    new Uint8Array([...head(0x801, count), ...labels]),
  );
}

/** Weights of a network of 6 features, 7 hidden units and 3 classes, as a safetensors file. */
function initialWeights(): Uint8Array {
  const shapes = {
    'layers.0.weight': [7, 6],
    'layers.0.bias': [7],
    'layers.1.weight': [3, 7],
    'layers.1.bias': [3],
  };
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const begin = end;
    end += 4 * shape.reduce((size, length) => size * length, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const size = Buffer.alloc(8);
  size.writeUInt32LE(header.length);
  const weights = Buffer.alloc(end);
  for (let i = 0; i < end / 4; i++) weights.writeFloatLE(((word(i, 60) % 1024) - 512) / 1024, 4 * i);
  return Buffer.concat([size, header, weights]);
}

/** Writes all files into the folder. */
export function writeFiles(folder: string): void {
  const write = (name: string, contents: string | Uint8Array) => writeFileSync(join(folder, name), contents);
  write('table.csv', csv(HEADER, 200, cellsOf));
  write(
    'sixty.csv',
    csv(HEADER, 60, row => cellsOf(2000 + row)),
  );
  // Other rows of the same kind; one of them has a size that no training row has.
  write('held.csv', csv(HEADER, 60, row => cellsOf(1000 + row)).replace('small', 'tiny'));
  write(
    'names.csv',
    csv(['name', 'x', 'target'], 1100, row => [
      `n${row}`,
      pick([0.5, 1, 2], row, 0),
      pick(['p', 'q'], row, 1),
    ]),
  );
  write('messy.txt', messyText(120));
  write('first.safetensors', initialWeights());
  const images = join(folder, 'images');
  mkdirSync(images);
  writeImages(images, 'train', 120, 0);
  writeImages(images, 't10k', 30, 500);
}
