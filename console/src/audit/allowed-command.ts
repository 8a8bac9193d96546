import { UnsafeTextError, writeCommand } from '../components/shell-words.ts'
import { isEntryId } from './entry-filter.ts'

/**
 * Writes the command that decides an entry again by the rules of its time. Both texts come from oversight, and whoever copies the command runs it in a shell.
 * @returns null if one of them could be taken for something else than an id and the name of a folder.
 */
export function writeAllowedCommand(id: string, log: string): string | null {
  const folder = log.split('/').at(-1) ?? ''
  if (!isEntryId(id) || folder === '' || folder.startsWith('-')) return null
  try {
    return writeCommand(['istmo', 'audit', 'was-allowed', id, '--log', folder])
  } catch (error) {
    if (error instanceof UnsafeTextError) return null
    throw error
  }
}
