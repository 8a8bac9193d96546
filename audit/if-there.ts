import { access } from 'node:fs/promises'

/**
 * Waits for the reading of a file or a folder that need not exist.
 * @returns what was read; undefined if there is nothing at that path.
 * @throws whatever else `reading` rejects with.
 */
export async function ifThere<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Returns whether an error of Node says that there is nothing at a path. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Returns whether there is something at a path that this process may see. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
