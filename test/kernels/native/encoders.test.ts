/**
 * The encoders of machine code against GNU as: random operands of every method, byte by byte. LOCKSTEP_ENCODER_CASES is the
 * number of cases for each method (default 100), LOCKSTEP_ENCODER_SEED their seed. Without GNU as, these tests are skipped and
 * the tables of fixed expectations remain; with LOCKSTEP_REQUIRE_AS=1 they fail.
 */
import { describe, expect, it } from 'vitest';
import { Arm64 } from '../../../src/kernels/native/arm64.js';
import type { Code } from '../../../src/kernels/native/code.js';
import { GENERAL, X64 } from '../../../src/kernels/native/x64.js';
import { assemble, isPresent } from './assembler.js';
import { Draw } from './draw.js';
import { encode, hex, readTable, SUBJECTS } from './subjects.js';

const COUNT = Number(process.env.LOCKSTEP_ENCODER_CASES ?? 100);
const SEED = Number(process.env.LOCKSTEP_ENCODER_SEED ?? 1);
const IS_REQUIRED = process.env.LOCKSTEP_REQUIRE_AS === '1';

/** Names of all public methods of an encoder, inherited ones too. */
function methodsOf(encoder: Code): string[] {
  const names: string[] = [];
  for (
    let level = Object.getPrototypeOf(encoder);
    level !== Object.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    names.push(...Object.getOwnPropertyNames(level));
  }
  return [...new Set(names)].filter(name => name !== 'constructor');
}

/** Methods that are tested elsewhere in this file, or are parts of others. */
const OTHERS = [
  ...['label', 'bind', 'here', 'data', 'bytes', 'align', 'again', 'room', 'emit', 'refer'],
  ...['plain', 'vex', 'evex', 'int32', 'relative', 'long', 'vector', 'jmp', 'jcc', 'callLabel', 'bl'],
  ...['word', 'toLabel', 'write', 'adr', 'b', 'bCond', 'cbz', 'cbnz'],
];

describe.each(SUBJECTS)('$name', subject => {
  const { create, assembler, cases, drawProgram } = subject;
  const table = readTable(subject);
  const hasAssembler = isPresent(assembler);
  const about = hasAssembler ? '' : ` (no GNU assembler is named ${assembler.command}: install binutils)`;

  it('has a case for each method', () => {
    const expected = methodsOf(create()).filter(name => !OTHERS.includes(name));
    expect(Object.keys(cases).sort()).toEqual(expected.sort());
  });

  it.skipIf(!hasAssembler && !IS_REQUIRED)(`writes the bytes that GNU as writes${about}`, () => {
    const draw = new Draw(SEED);
    const drawn = Object.entries(cases).flatMap(([method, drawCase]) =>
      Array.from({ length: COUNT }, () => ({ method, ...drawCase(draw) })),
    );
    const lines = assemble(
      assembler,
      drawn.map(({ text }) => text),
    );
    const wrong = drawn.flatMap(({ method, operands, text }, i) => {
      const written = encode(create, method, operands);
      return written === lines[i] ? [] : [`${text}: expected ${lines[i]}, got ${written}`];
    });
    expect(wrong.slice(0, 20)).toEqual([]);
  });

  it.skipIf(!hasAssembler && !IS_REQUIRED)(
    `places labels and constants where GNU as places them${about}`,
    () => {
      const draw = new Draw(SEED);
      for (let program = 0; program < 20; program++) {
        const { code, lines } = drawProgram(draw);
        expect(hex(code.bytes())).toBe(assemble(assembler, lines).join(''));
      }
    },
  );

  it('writes what the table of fixed expectations says', () => {
    const written = table.map(([method, operands, text]) => [text, encode(create, method, operands)]);
    expect(written).toEqual(table.map(([, , text, bytes]) => [text, bytes]));
  });

  it('has fixed expectations of each method', () => {
    expect([...new Set(table.map(([method]) => method))]).toEqual(Object.keys(cases));
  });

  it.skipIf(!hasAssembler && !IS_REQUIRED)(`has fixed expectations that GNU as confirms${about}`, () => {
    const lines = assemble(
      assembler,
      table.map(([, , text]) => text),
    );
    expect(table.map(([, , , bytes]) => bytes)).toEqual(lines);
  });
});

describe('Arm64', () => {
  it('refuses what it cannot encode', () => {
    const a = new Arm64();
    const begin = a.size;
    const refusals: readonly [() => void, string][] = [
      [() => a.add(0, 1, 32), 'expected m from 0 to 31; got 32.'],
      [() => a.movImmediate(0, 0.5), 'Expected a safe integer; got 0.5.'],
      [() => a.addImmediate(0, 1, 0x1001), 'Adding or subtracting 4097 needs a scratch register.'],
      [() => a.ldr(0, { base: 1, offset: 0x8000 }), 'expected i from 0 to 4095; got 4096.'],
      [() => a.ldr(0, { base: 1, offset: -257 }), 'Expected an integer from -256 to 255; got -257.'],
      [() => a.ldpQ(0, 1, { base: 1, offset: 8 }), 'Expected an integer from -64 to 63; got 0.5.'],
      [() => a.fmlaElement('2d', 0, 1, 2, 2), 'Expected a lane from 0 to 1; got 2.'],
      [() => a.ushr('4s', 0, 1, 33), 'Expected a count from 1 to 32; got 33.'],
      [() => a.ext(0, 1, 2, 16), 'expected i from 0 to 15; got 16.'],
    ];
    for (const [write, message] of refusals) expect(write).toThrow(message);
    expect(a.size).toBe(begin);
  });

  it('refuses a label that is too far away', () => {
    const a = new Arm64();
    const start = a.here('start');
    for (let i = 0; i < 2 ** 18; i++) a.ret();
    a.cbz(0, start);
    expect(() => a.bytes()).not.toThrow();
    a.cbz(0, start);
    expect(() => a.bytes()).toThrow('Expected an integer from -262144 to 262143; got -262145.');
  });
});

describe('labels', () => {
  it('must be bound before the code is taken', () => {
    const x = new X64();
    x.jmp(x.label('end'));
    expect(() => x.bytes()).toThrow('The label end was never bound.');
  });

  it('are bound once', () => {
    const x = new X64();
    const start = x.here('start');
    expect(() => x.bind(start)).toThrow('The label start is already bound.');
  });
});

describe('X64', () => {
  const { RAX, RSP } = GENERAL;

  it('fills with no-operations of as many bytes as are left', () => {
    for (let start = 0; start <= 32; start++) {
      const x = new X64();
      for (let i = 0; i < start; i++) x.ret();
      x.align(32);
      expect(x.size).toBe(start === 0 ? 0 : 32);
    }
  });

  it('refuses what it cannot encode', () => {
    const x = new X64();
    const from = { base: RAX, broadcast: true };
    const refusals: readonly [() => void, string][] = [
      [() => x.movImmediate(RAX, 0.5), 'Expected a safe integer; got 0.5.'],
      [() => x.addImmediate(RAX, 2 ** 31), 'An immediate must fit 32 bits; got 2147483648.'],
      [() => x.mov(RAX, 16), 'Expected a general register from 0 to 15; got 16.'],
      [() => x.lea(RAX, { base: -1 }), 'Expected a general register from 0 to 15; got -1.'],
      [() => x.lea(RAX, { base: RAX, offset: 2 ** 31 }), 'An offset must fit 32 bits; got 2147483648.'],
      [() => x.lea(RAX, { base: RAX, index: RSP }), 'RSP can be the base of an address, but not the index.'],
      [() => x.vaddps(512, 0, 1, 32), 'vaddps: expected a register from 0 to 31; got 32.'],
      [() => x.vaddps(512, 0, 1, 2, { mask: 8 }), 'vaddps: expected an opmask from 0 to 7; got 8.'],
      [() => x.vaddps(512, 0, 1, 2, { zero: true }), 'vaddps: only a mask can set lanes to zero.'],
      [() => x.kmovw(8, RAX), 'Expected an opmask from 0 to 7; got 8.'],
      [() => x.vcmppsMask(512, 8, 1, 2, 'less'), 'Expected an opmask from 0 to 7; got 8.'],
      [() => x.vshufps(512, 0, 1, 2, 256), 'vshufps: expected an immediate from 0 to 255; got 256.'],
      [() => x.vblendvps(256, 0, 1, 2, 16), 'vblendvps: expected an immediate from 0 to 255; got 256.'],
      [() => x.vmovups(512, 0, from), 'vmovups: no element of its operand can be broadcast.'],
      [() => x.vcmpps(512, 0, 1, 2, 'less'), 'vcmpps: only VEX encodes it, and these operands need EVEX.'],
      [() => x.vperm2f128(128, 0, 1, 2, 3), 'vperm2f128: expected vectors of 256 bits or more; got 128.'],
    ];
    for (const [write, message] of refusals) expect(write).toThrow(message);
    expect(x.size).toBe(0);
  });
});
