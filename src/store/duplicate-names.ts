/**
 * Names given twice in a JSON object: JSON.parse keeps the last of them without a word, so a file could hold
 * a tensor that nobody sees.
 */

/** The first name that stands twice in one object of the text, at any depth. The text must be valid JSON. */
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

/** Where the text in quotes that begins at `begin` ends, behind its last quote. */
function endOfText(json: string, begin: number): number {
  let i = begin + 1;
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i + 1;
}
