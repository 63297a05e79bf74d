/**
 * Finds duplicate names in a JSON object. JSON.parse silently keeps the last one, so a file could hide a
 * tensor.
 */

/** The first name that occurs twice in one object, at any depth. The text must be valid JSON. */
export function findDuplicateName(json: string): string | null {
  const names: Set<string>[] = [];
  let text = '';
  for (let i = 0; i < json.length; i++) {
    const character = json[i]!;
    if (character === '"') {
      const end = endOfText(json, i);
      text = json.slice(i, end);
      i = end - 1;
    } else if (character === ':') {
      const name = JSON.parse(text) as string;
      if (names.at(-1)!.has(name)) return name;
      names.at(-1)!.add(name);
    } else if (character === '{') {
      names.push(new Set());
    } else if (character === '}') {
      names.pop();
    }
  }
  return null;
}

/** End of the quoted text that begins at `begin`, just after its closing quote. */
function endOfText(json: string, begin: number): number {
  let i = begin + 1;
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}
