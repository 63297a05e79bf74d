/** The part of fs-native-extensions that we use; the package has no types. */
declare module 'fs-native-extensions' {
  /**
   * Tries to lock the open file exclusively and returns whether it succeeded. @throws if the file system has
   * no locks
   */
  export function tryLock(descriptor: number): boolean;
}
