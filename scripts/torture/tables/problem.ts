/** A difference between what was written and what was read. */
export interface Problem {
  /**
   * `wrong`: a value, row or column differs from what was written. `unsaid`: nothing differs, but something
   * was done without a note.
   */
  grade: 'wrong' | 'unsaid';
  kind: string;
  detail: string;
}

export function wrong(kind: string, column: { name: string }, detail: string): Problem {
  return { grade: 'wrong', kind, detail: `column ${show(column.name)} ${detail}` };
}

export function unsaid(kind: string, column: { name: string }, detail: string): Problem {
  return { ...wrong(kind, column, detail), grade: 'unsaid' };
}

/** A text as shown in messages. */
export function show(text: string | null): string {
  return text === null ? 'an empty cell' : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
