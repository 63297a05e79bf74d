/**
 * Counts verdicts and prints them: tables, cells, refusals by reason, problems with the command that repeats
 * them.
 */
import type { Verdict } from './judge.js';
import type { WrittenTable } from './manifest.js';

interface Finding {
  count: number;
  /** The smallest tables with this problem; the first is printed. */
  examples: { size: number; text: string }[];
}

const EXAMPLES = 3;

export class Tally {
  tables = 0;
  cells = 0;
  equal = 0;
  different = 0;
  refused = 0;
  refusedPlain = 0;
  readonly #findings = { wrong: new Map<string, Finding>(), unsaid: new Map<string, Finding>() };
  readonly #reasons = new Map<string, Finding>();
  readonly #plain = new Map<string, Finding>();
  /** Tables with only this twist: equal, refused, different. */
  readonly #twists = new Map<string, Record<Verdict['verdict'], number>>();

  add(table: WrittenTable, verdict: Verdict): void {
    this.tables++;
    this[verdict.verdict]++;
    if (table.twists.length < 2) this.#count(table.twists[0] ?? 'none', verdict.verdict);
    if (verdict.verdict === 'refused') {
      const reason = toReason(verdict.message, table);
      const text = `${verdict.message} ${verdict.hint}`;
      add(this.#reasons, reason, table, text);
      if (!table.plain) return;
      this.refusedPlain++;
      add(this.#plain, reason, table, text);
      return;
    }
    this.cells += verdict.cells;
    for (const { grade, kind, detail } of verdict.problems) add(this.#findings[grade], kind, table, detail);
  }

  #count(twist: string, verdict: Verdict['verdict']): void {
    const counts = this.#twists.get(twist) ?? { equal: 0, refused: 0, different: 0 };
    this.#twists.set(twist, counts);
    counts[verdict]++;
  }

  #printTwists(): void {
    console.log('\nTables with a single twist');
    for (const [twist, { equal, refused, different }] of [...this.#twists].sort()) {
      console.log(`         ${twist.padEnd(24)} ${equal} equal, ${refused} refused, ${different} different`);
    }
  }

  print(seconds: number): void {
    const number = (value: number) => value.toLocaleString('en');
    console.log(
      `${number(this.tables)} tables: ${number(this.equal)} equal (${number(this.cells)} cells compared), ` +
        `${number(this.refused)} refused (${number(this.refusedPlain)} of them plain), ` +
        `${number(this.different)} different; ${Math.round(seconds)} s`,
    );
    this.#printTwists();
    printFindings('Different', this.#findings.wrong);
    printFindings('Done without a note', this.#findings.unsaid);
    printFindings('Plain tables refused', this.#plain);
    printFindings('Refused', this.#reasons, 1);
  }
}

function add(into: Map<string, Finding>, kind: string, table: WrittenTable, text: string): void {
  const finding = into.get(kind) ?? { count: 0, examples: [] };
  into.set(kind, finding);
  finding.count++;
  const size = table.rows * table.columns.length * (1 + table.twists.length);
  const where = `--only ${table.number} (${table.format}; ${table.twists.join(', ') || 'plain'})`;
  finding.examples.push({ size, text: `${where}: ${text}` });
  finding.examples.sort((a, b) => a.size - b.size).splice(EXAMPLES);
}

/** A message without the parts that vary between tables. */
function toReason(message: string, { source }: WrittenTable): string {
  return message
    .replaceAll(source, 'DATA')
    .replace(/Object \{.*/, 'Object {…')
    .replace(/\S*\/\d+\/\d\.\w+(\.gz)?/g, 'FILE')
    .replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .replace(/one of .*? of DATA/g, 'one of … of DATA')
    .replace(/got [^"]*?\.$/, 'got ….')
    .replace(/\d[\d,.]*\d|\d/g, 'N')
    .slice(0, 140);
}

function printFindings(title: string, findings: Map<string, Finding>, examples = EXAMPLES): void {
  if (findings.size === 0) return;
  console.log(`\n${title}`);
  const sorted = [...findings].sort(([, a], [, b]) => b.count - a.count);
  for (const [kind, finding] of sorted) {
    console.log(`${String(finding.count).padStart(7)}  ${kind}`);
    for (const { text } of finding.examples.slice(0, examples)) console.log(`         ${text.slice(0, 300)}`);
  }
}
