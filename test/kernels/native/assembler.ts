/** GNU as for the processors that lockstep writes machine code for: the oracle of its encoders. */
import { spawnSync } from 'node:child_process';

export interface Assembler {
  readonly command: string;
  /** Lines that precede the program. */
  readonly prelude: readonly string[];
}

export const X64_ASSEMBLER: Assembler = {
  command: process.env.LOCKSTEP_X64_AS ?? (process.arch === 'x64' ? 'as' : 'x86_64-linux-gnu-as'),
  prelude: ['.intel_syntax noprefix'],
};

export const ARM64_ASSEMBLER: Assembler = {
  command: process.env.LOCKSTEP_ARM64_AS ?? (process.arch === 'arm64' ? 'as' : 'aarch64-linux-gnu-as'),
  prelude: [],
};

/** Whether the assembler is there and is GNU's. */
export function isPresent({ command }: Assembler): boolean {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return stdout?.startsWith('GNU assembler') ?? false;
}

/**
 * Assembles a program and returns the bytes of each of its lines, in hexadecimal digits.
 * @throws Error with what the assembler says about lines it can't assemble
 */
export function assemble({ command, prelude }: Assembler, lines: readonly string[]): string[] {
  const { error, status, stdout, stderr } = spawnSync(
    command,
    ['-aln', '--listing-lhs-width=16', '-o', '/dev/null', '-'],
    { input: [...prelude, ...lines, ''].join('\n'), encoding: 'utf8', maxBuffer: 2 ** 30 },
  );
  if (error) throw new Error(`${command}: ${error.message}. Install GNU binutils.`);
  if (status !== 0) {
    const complaints = stderr.split('\n').slice(0, 20);
    const quoted = complaints.map(complaint => {
      const [, number] = /:(\d+): Error/.exec(complaint) ?? [];
      return number ? `${complaint} (${lines[Number(number) - 1 - prelude.length]})` : complaint;
    });
    throw new Error(`${command} failed: ${quoted.join('\n')}`);
  }
  const bytes = lines.map(() => '');
  // A line of the listing: its number, the position in hexadecimal digits, bytes in groups of four, a tab, the source.
  for (const [, number, groups] of stdout.matchAll(/^ *(\d+) [0-9a-f]{4,} ((?:[0-9A-F]{2,8} )*) *\t?/gm)) {
    bytes[Number(number) - 1 - prelude.length] += groups!.replaceAll(' ', '').toLowerCase();
  }
  return bytes;
}
