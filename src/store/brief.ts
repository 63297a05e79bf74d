/**
 * Values of damaged files, made fit for one line of a message.
 */

const MAX_LENGTH = 60;

/** A value as JSON, cut short; `none` for undefined and null. */
export function brief(value: unknown): string {
  const text = value === undefined || value === null ? 'none' : spell(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** JSON.parse reads lists within lists without end; JSON.stringify has only the stack. */
function spell(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    if (cause instanceof RangeError) return 'lists or objects nested too deep';
    throw cause;
  }
}

/** What an error said, in one line: JSON.parse quotes the damaged text as it is, line breaks and all. */
export function messageOf(cause: unknown): string {
  return (cause as Error).message.replace(/[\s\p{Cc}]+/gu, ' ');
}
