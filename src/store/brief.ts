/** Shortens values from damaged files to fit into a one-line message. */

const MAX_LENGTH = 60;

/** A value as JSON, cut if it is long; `none` for undefined and null. */
export function brief(value: unknown): string {
  const text = value === undefined || value === null ? 'none' : spell(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

/** JSON.parse accepts arbitrarily deep nesting; JSON.stringify overflows the stack. */
function spell(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    if (cause instanceof RangeError) return 'lists or objects nested too deep';
    throw cause;
  }
}

/** An error's message on one line: JSON.parse quotes the damaged text verbatim, including line breaks. */
export function messageOf(cause: unknown): string {
  return (cause as Error).message.replace(/[\s\p{Cc}]+/gu, ' ');
}
