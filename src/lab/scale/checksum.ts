/** The text of study.json, and the checksum in it, by which a reader sees that no figure was changed. */
import { createHash } from 'node:crypto';
import type { Study } from './schema.js';

/** As study.json has it: a line for each value. */
export function studyJson(study: object): string {
  return `${JSON.stringify(study, null, 1)}\n`;
}

type Unsigned<S> = S extends Study ? Omit<S, 'sha256'> : never;

/** The study with the SHA-256 of its text in front, whose line is not part of it. */
export function withChecksum(study: Unsigned<Study>): Study {
  return { sha256: sha256(study), ...study } as Study;
}

/** Whether a study has the figures that its checksum was made of. */
export function isAsWritten({ sha256: told, ...study }: Study): boolean {
  return told === sha256(study);
}

function sha256(study: object): string {
  return createHash('sha256').update(studyJson(study)).digest('hex');
}
