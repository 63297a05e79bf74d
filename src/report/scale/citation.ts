/** How a study is cited: as text, and as BibTeX. Pure functions. */
import type { Study } from '../../lab/scale/schema.js';

/** The first digits of the checksum tell one study from another. */
const KEY_DIGITS = 12;

/** lockstep 0.1.0: strong scaling study on AMD EPYC 9R14, 8 of 16 cores, 2026-12-01. SHA-256 of study.json: 0123… */
export function citationText(study: Study): string {
  const { machine, finishedAt, sha256 } = study;
  return `lockstep ${machine.lockstep}: ${titleOf(study)}, ${finishedAt.slice(0, 10)}. SHA-256 of study.json: ${sha256}.`;
}

/** A @misc entry, to which authors and place are to be added. */
export function bibtex(study: Study): string {
  const { machine, finishedAt, mode, sha256 } = study;
  const [year, month] = finishedAt.split('-');
  return [
    `@misc{lockstep-${mode}-${sha256.slice(0, KEY_DIGITS)},`,
    `  title = {{${forTex(capitalized(titleOf(study)))}}},`,
    `  year = {${year}},`,
    `  month = {${Number(month)}},`,
    `  howpublished = {lockstep ${forTex(machine.lockstep)}, Node.js ${forTex(machine.node)}, ${forTex(machine.os)}},`,
    `  note = {SHA-256 of study.json: ${sha256}}`,
    '}',
  ].join('\n');
}

function titleOf({ mode, machine: { cpu, cores, usableCores } }: Study): string {
  const what = mode === 'batch' ? 'batch size study' : `${mode} scaling study`;
  return `${what} on ${cpu}, ${usableCores} of ${cores} logical processors`;
}

const capitalized = (text: string) => text[0]!.toUpperCase() + text.slice(1);

const TEX: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
};

/** Escapes what TeX takes for commands. */
function forTex(text: string): string {
  return text.replace(/[\\~^]|[&%$#_{}]/g, sign => TEX[sign] ?? `\\${sign}`);
}
