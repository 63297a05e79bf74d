/**
 * Writes the tables of fixed expectations: two instructions of each method, with the bytes that GNU as writes for them. To be
 * run when a method is added: node dist/test/kernels/native/write-tables.js
 */
import { writeFileSync } from 'node:fs';
import { assemble } from './assembler.js';
import { Draw } from './draw.js';
import { type Row, SUBJECTS } from './subjects.js';

for (const { assembler, cases, table } of SUBJECTS) {
  const draw = new Draw(2);
  const drawn = Object.entries(cases).flatMap(([method, drawCase]) =>
    [drawCase(draw), drawCase(draw)].map(drawnCase => ({ method, ...drawnCase })),
  );
  const lines = assemble(
    assembler,
    drawn.map(({ text }) => text),
  );
  const rows = drawn.map(({ method, operands, text }, i): Row => [method, [...operands], text, lines[i]!]);
  writeFileSync(table, [...new Set(rows.map(row => `${JSON.stringify(row)}\n`))].join(''));
}
