/** Addresses of code by two numbers that it depends on, without a text made at each call. */

/** @param make places the code; the second number is below 1,024 */
export function rememberCode(make: (first: number, second: number) => number) {
  const known = new Map<number, number>();
  return (first: number, second: number) => {
    const key = first * 1024 + second;
    let address = known.get(key);
    if (address === undefined) {
      address = make(first, second);
      known.set(key, address);
    }
    return address;
  };
}
