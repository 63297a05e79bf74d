/** Random programs of branches in both directions and of constants, written by Arm64 and in assembler's text. */

import type { CONDITIONS } from '../../../src/kernels/native/arm64/general.js';
import { Arm64, type Condition } from '../../../src/kernels/native/arm64.js';
import type { Draw } from './draw.js';

/** Names of the conditions in the assembler. */
const SUFFIXES: Readonly<Record<keyof typeof CONDITIONS, string>> = {
  equal: 'eq',
  notEqual: 'ne',
  aboveOrEqual: 'hs',
  below: 'lo',
  negative: 'mi',
  notNegative: 'pl',
  overflow: 'vs',
  notOverflow: 'vc',
  above: 'hi',
  belowOrEqual: 'ls',
  greaterOrEqual: 'ge',
  less: 'lt',
  greater: 'gt',
  lessOrEqual: 'le',
};

export function drawArm64Program(draw: Draw): { code: Arm64; lines: string[] } {
  const code = new Arm64();
  const lines: string[] = [];
  const constants: string[] = [];
  const labels = Array.from({ length: 20 }, (_, i) => code.label(`label${i}`));
  for (const label of labels) {
    for (let count = draw.below(8); count > 0; count--) {
      const [one, two, three, four] = [1, 2, 3, 4].map(() => draw.of(...labels));
      const condition = draw.of(...(Object.keys(SUFFIXES) as Condition[]));
      code.b(one!);
      code.bl(two!);
      code.bCond(condition, two!);
      code.cbz(3, three!);
      code.cbnz(30, four!);
      lines.push(`b ${one!.name}`, `bl ${two!.name}`, `b.${SUFFIXES[condition]} ${two!.name}`);
      lines.push(`cbz x3, ${three!.name}`, `cbnz x30, ${four!.name}`);
    }
    code.bind(label);
    lines.push(`${label.name}:`);

    const bytes = Array.from({ length: draw.between(1, 70) }, () => draw.below(256));
    const alignment = draw.of(4, 16, 64);
    const constant = code.data(new Uint8Array(bytes), alignment);
    const name = `constant${constants.length}`;
    constants.push(`.balign ${alignment}, 0`, `${name}:`, ...bytes.map(byte => `.byte ${byte}`));
    code.ldr(1, { label: constant });
    code.ldrW(2, { label: constant });
    code.ldrS(3, { label: constant });
    code.ldrD(4, { label: constant });
    code.ldrQ(31, { label: constant });
    code.adr(5, constant);
    lines.push(
      ...['x1', 'w2', 's3', 'd4', 'q31'].map(register => `ldr ${register}, ${name}`),
      `adr x5, ${name}`,
    );
  }
  code.align(64);
  lines.push('.balign 64');
  return { code, lines: [...lines, ...constants] };
}
