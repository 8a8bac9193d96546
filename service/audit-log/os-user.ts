import { userInfo } from 'node:os'

/**
 * Names the user of the operating system, for the `by` of an entry. A container may run with a number that has no account there, and then
 * Node finds no name: the number stands for it.
 * @param find how the name is found. Default: `userInfo` of Node.
 */
export function osUser(find: () => { readonly username: string } = userInfo): {
  readonly name: string
  readonly source: 'OS_USER'
} {
  return { name: nameOf(find), source: 'OS_USER' }
}

function nameOf(find: () => { readonly username: string }): string {
  try {
    return find().username
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SYSTEM_ERROR') throw error
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
