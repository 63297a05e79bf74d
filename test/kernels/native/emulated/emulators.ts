/** The emulators of processors: Bochs has AVX-512, and AVX2; qemu has NEON. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstructionSet } from '../../../../src/kernels/native/instruction-set.js';
import { arm64Runner, x64Runner } from '../../../../src/kernels/native/runner.js';
import { ARM64_ASSEMBLER, X64_ASSEMBLER } from '../assembler.js';
import { EmulatedProcessor, SYMBOLS } from './emulated-processor.js';

/** A command that is killed when the thread that started it ends, however that ends. */
const ENDING_WITH_US = ['setpriv', '--pdeathsig', 'KILL'];

const SOURCES = 'test/kernels/native/emulated';

/** @throws Error if the emulator, or what it needs, is not there */
export function emulate(instructionSet: InstructionSet): EmulatedProcessor {
  if (process.platform !== 'linux')
    throw new Error(`processors are emulated on Linux, not on ${process.platform}`);
  return instructionSet === 'NEON'
    ? new EmulatedProcessor('qemu-aarch64', startQemu, arm64Runner())
    : new EmulatedProcessor('bochs', startBochs, x64Runner(false));
}

function startQemu(folder: string, file: string): string[] {
  const program = assemble(ARM64_ASSEMBLER.command, 'arm64.s', folder);
  return [...ENDING_WITH_US, 'qemu-aarch64', program, file];
}

/** A whole machine, as small as it gets: no BIOS, but x64.s; a disk; a screen that nobody looks at. */
function startBochs(folder: string, file: string): string[] {
  const rom = assemble(X64_ASSEMBLER.command, 'x64.s', folder, ['-Ttext=0x10000', '--oformat=binary']);
  const configuration = join(folder, 'configuration');
  // Few instructions a second: what the disk takes is counted in seconds.
  writeFileSync(
    configuration,
    `cpu: model=corei7_skylake_x, ips=1000000
memory: guest=128, host=128
romimage: file=${rom}
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=disk, mode=flat, path=${file}
ata1: enabled=0
pci: enabled=0
plugin_ctrl: biosdev=0, speaker=0, extfpuirq=0, parallel=0, serial=0, gameport=0
sound: driver=dummy
display_library: rfb, options="timeout=0"
panic: action=fatal
`,
  );
  const debug = join(folder, 'debug');
  writeFileSync(debug, 'continue\n');
  return [...ENDING_WITH_US, 'bochs', '-f', configuration, '-rc', debug];
}

/** Assembles and links a source. Returns the path of the result. */
function assemble(
  assembler: string,
  source: string,
  folder: string,
  linking: readonly string[] = [],
): string {
  const [object, result] = [join(folder, 'object'), join(folder, 'result')];
  const symbols = Object.entries(SYMBOLS).flatMap(([name, value]) => ['--defsym', `${name}=${value}`]);
  execute(assembler, [...symbols, '-o', object, join(SOURCES, source)]);
  execute(assembler.replace(/as$/, 'ld'), [...linking, '-o', result, object]);
  return result;
}

function execute(command: string, words: readonly string[]): void {
  const { error, status, stderr } = spawnSync(command, words, { encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}
