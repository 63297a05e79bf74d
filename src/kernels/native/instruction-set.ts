/**
 * Which vector instructions this processor has, asked of the processor itself by a few instructions of machine code: a new
 * processor needs no entry in a list of names.
 */
import { usageError } from '../../errors.js';
import { NoNativeCode } from './executable.js';
import { codeRunner, HEADER_WORDS, openRunner, x64Runner } from './runner.js';
import { GENERAL, X64 } from './x64.js';
import { ENTRY_REGISTER } from './x64-machine.js';

/** Instruction sets that kernels are generated for, those of a processor the widest first. */
export const INSTRUCTION_SETS = ['AVX-512', 'AVX2', 'NEON'] as const;
export type InstructionSet = (typeof INSTRUCTION_SETS)[number];

/** Names an instruction set to use instead of the widest. */
const VARIABLE = 'LOCKSTEP_INSTRUCTION_SET';

/** Those that this processor has, the widest first. @throws NoNativeCode if machine code can't run here */
export function instructionSetsHere(): readonly InstructionSet[] {
  if (process.arch === 'x64') return INSTRUCTION_SETS.filter(name => askProcessor().has(name));
  if (process.arch !== 'arm64') throw new NoNativeCode(`lockstep generates no code for ${process.arch}`);
  codeRunner();
  // Every 64-bit ARM has it.
  return ['NEON'];
}

/**
 * The widest, or the one that the environment names.
 * @throws NoNativeCode if this processor has none, or not that one; usage if there is none of that name
 */
export function findInstructionSet(): InstructionSet {
  const asked = process.env[VARIABLE] || null;
  const name = asked && INSTRUCTION_SETS.find(one => one.toLowerCase() === asked.toLowerCase());
  if (asked && !name) {
    throw usageError(
      `${VARIABLE}: expected ${INSTRUCTION_SETS.join(', ')}, got ${asked}.`,
      `Try ${VARIABLE}=AVX2.`,
    );
  }
  const here = instructionSetsHere();
  if (here.length === 0) throw new NoNativeCode('this processor has neither AVX-512 nor AVX2 with FMA');
  if (!name) return here[0]!;
  if (!here.includes(name))
    throw new NoNativeCode(`this processor has ${here.join(' and ')}, and not ${name}`);
  return name;
}

let answer: ReadonlySet<InstructionSet> | null = null;

/** Bits of CPUID's answers (Intel's manual, volume 2, CPUID) and of XCR0, which says what the system saves. */
const FMA_OSXSAVE_AVX = (1 << 12) | (1 << 27) | (1 << 28);
const AVX2 = 1 << 5;
const AVX512_F_DQ_BW_VL = (1 << 16) | (1 << 17) | (1 << 30) | (1 << 31);
const SAVES_YMM = 0b110;
const SAVES_ZMM = 0b1110_0110;

function askProcessor(): ReadonlySet<InstructionSet> {
  if (answer) return answer;
  // Whether there are vectors at all is the question.
  const { place, run, addressOf } = openRunner(x64Runner(process.platform === 'win32', false));
  const ask = (code: Uint8Array) => {
    const address = place(code);
    const words = new Uint32Array(HEADER_WORDS + 8);
    words[0] = address;
    words[1] = address / 2 ** 32;
    words[2] = (HEADER_WORDS + 4) * 4;
    run(addressOf(words), 0);
    return words.subarray(HEADER_WORDS);
  };
  const [features = 0, wide = 0] = ask(cpuidCode());
  const set = new Set<InstructionSet>();
  if (has(features, FMA_OSXSAVE_AVX)) {
    const [saved = 0] = ask(xgetbvCode());
    const isAvx2 = has(wide, AVX2) && has(saved, SAVES_YMM);
    if (isAvx2 && has(wide, AVX512_F_DQ_BW_VL) && has(saved, SAVES_ZMM)) set.add('AVX-512');
    if (isAvx2) set.add('AVX2');
  }
  answer = set;
  return set;
}

const has = (word: number, bits: number) => (word & bits) === bits;

const { RAX, RBX, RCX } = GENERAL;
const answerAt = (word: number) => ({ base: ENTRY_REGISTER, offset: word * 4 });

/** Words 0 and 1 ← ECX of leaf 1, EBX of leaf 7. */
function cpuidCode(): Uint8Array {
  const code = new X64();
  code.movImmediate(RAX, 1);
  code.movImmediate(RCX, 0);
  code.cpuid();
  code.storeWord(answerAt(0), RCX);
  code.movImmediate(RAX, 7);
  code.movImmediate(RCX, 0);
  code.cpuid();
  code.storeWord(answerAt(1), RBX);
  code.ret();
  return code.bytes();
}

/** Word 0 ← XCR0, which only a processor with OSXSAVE can be asked for. */
function xgetbvCode(): Uint8Array {
  const code = new X64();
  code.movImmediate(RCX, 0);
  code.xgetbv();
  code.storeWord(answerAt(0), RAX);
  code.ret();
  return code.bytes();
}
