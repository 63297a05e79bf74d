/** What is used of it; it ships no types. */
declare module 'fs-native-extensions' {
  /** Whether the open file could be locked for this descriptor alone. @throws where the file system has no locks */
  export function tryLock(descriptor: number): boolean;
}
