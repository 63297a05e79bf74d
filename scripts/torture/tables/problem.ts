/** A difference between what was written and what was read. */
export interface Problem {
  /** `wrong`: a value, row or column is not what was written. `unsaid`: it is, but something was done without a word. */
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

/** A text as messages show it. */
export function show(text: string | null): string {
  return text === null ? 'an empty cell' : JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
