/** Random programs of jumps in both directions and of constants, written by X64 and in Intel's syntax. */
import { type Condition, X64 } from '../../../src/kernels/native/x64.js';
import type { Draw } from './draw.js';
import { X64_JUMPS } from './x64-general-cases.js';

const CONDITIONS = Object.keys(X64_JUMPS) as Condition[];

export function drawX64Program(draw: Draw): { code: X64; lines: string[] } {
  const x = new X64();
  const lines: string[] = [];
  const constants: string[] = [];
  const labels = Array.from({ length: 20 }, (_, i) => x.label(`label${i}`));
  for (const label of labels) {
    for (let count = draw.below(8); count > 0; count--) {
      const condition = draw.of(...CONDITIONS);
      const [near, far] = [draw.of(...labels), draw.of(...labels)];
      x.jcc(condition, near);
      x.jmp(far);
      x.callLabel(near);
      lines.push(`{disp32} ${X64_JUMPS[condition]} ${near.name}`, `{disp32} jmp ${far.name}`);
      lines.push(`call ${near.name}`);
    }
    x.bind(label);
    lines.push(`${label.name}:`);

    const bytes = Array.from({ length: draw.between(1, 70) }, () => draw.below(256));
    const alignment = draw.of(4, 16, 64);
    const constant = x.data(new Uint8Array(bytes), alignment);
    const name = `constant${constants.length}`;
    constants.push(`.balign ${alignment}, 0`, `${name}:`, ...bytes.map(byte => `.byte ${byte}`));
    const offset = draw.of(0, 4, 128);
    x.vaddps(512, 1, 17, { label: constant, offset });
    lines.push(`vaddps zmm1, zmm17, zmmword ptr [rip+${name}+${offset}]`);
    x.vmulps(256, 1, 9, { label: constant });
    lines.push(`vmulps ymm1, ymm9, ymmword ptr [rip+${name}]`);
    // The distance counts from the end of the instruction, behind the immediate.
    x.vshufps(256, 1, 2, { label: constant }, 27);
    lines.push(`vshufps ymm1, ymm2, ymmword ptr [rip+${name}], 27`);
    x.vmulps(512, 1, 2, { label: constant, broadcast: true });
    lines.push(`vmulps zmm1, zmm2, dword ptr [rip+${name}]{1to16}`);
    x.lea(9, { label });
    lines.push(`lea r9, [rip+${label.name}]`);
  }
  return { code: x, lines: [...lines, ...constants] };
}
