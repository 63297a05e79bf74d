/** Of names that differ in capitals alone, which DuckDB takes for one, the later ones get a number. */
export function toldApart(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map(name => {
    let given = name;
    for (let number = 2; taken.has(given.toLowerCase()); number++) given = `${name}_${number}`;
    taken.add(given.toLowerCase());
    return given;
  });
}
