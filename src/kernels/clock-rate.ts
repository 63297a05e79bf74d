/**
 * The clock of the core that a thread runs on: the rate of additions that each need the one before, which take a cycle each on
 * every processor. The additions are WebAssembly, written here byte by byte, so that no compiler may join them.
 */

/** Additions of a turn of the loop: so many that its own instructions, which run beside them, don't count. */
const ADDITIONS = 128;
const TURNS = 2000;
/** Runs of about 0.1 ms; the fastest is the one that nothing interrupted. */
const RUNS = 10;

const I32 = 0x7f;
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;
const LOCAL_TEE = 0x22;
const I32_CONST = 0x41;
const I32_ADD = 0x6a;
const [LEFT, BY, SUM] = [0, 1, 2];

/** (left, by) → by · ADDITIONS · left, one addition after the other. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const body = [
    ...[1, 1, I32],
    ...[0x03, 0x40],
    ...Array.from({ length: ADDITIONS }, () => [
      LOCAL_GET,
      SUM,
      LOCAL_GET,
      BY,
      I32_ADD,
      LOCAL_SET,
      SUM,
    ]).flat(),
    ...[LOCAL_GET, LEFT, I32_CONST, 0x7f, I32_ADD, LOCAL_TEE, LEFT],
    ...[0x0d, 0, 0x0b],
    ...[LOCAL_GET, SUM, 0x0b],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, I32, I32, 1, I32]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 'f'.charCodeAt(0), 0, 0]),
    ...section(10, [1, ...sized(body)]),
  ]);
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)];
}

/** The content after its size, as LEB128. */
function sized(content: readonly number[]): number[] {
  const size: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    if (rest < 0x80) return [...size, rest, ...content];
    size.push((rest & 0x7f) | 0x80);
  }
}

type Additions = (left: number, by: number) => number;

let add: Additions | null = null;

/** Cycles per second of this thread's core, in about a millisecond. @throws Error if the additions are wrong, which is a bug */
export function clockRate(): number {
  add ??= new WebAssembly.Instance(new WebAssembly.Module(moduleBytes())).exports.f as Additions;
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run++) {
    const begun = performance.now();
    const sum = add(TURNS, 3);
    least = Math.min(least, performance.now() - begun);
    if (sum !== 3 * ADDITIONS * TURNS) throw new Error(`the additions of the clock gave ${sum}`);
  }
  return (ADDITIONS * TURNS) / (least / 1000);
}
