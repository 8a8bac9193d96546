import { parseEntry, UnreadableEntryError } from '../../contract/audit-log/entry.ts'
import type { LogReader } from '../reader/log-reader.ts'

/**
 * Finds the country whose authority writes a log, by its first entry. Null for the logs of others, and where that entry was pruned: then an auditor of the
 * country does not see those entries of it that name no country.
 */
export async function findAuthorityCountry(reader: Pick<LogReader, 'entry' | 'head'>): Promise<string | null> {
  if (reader.head.checkpoint.size === 0) return null
  try {
    const entry = parseEntry((await reader.entry(0)).bytes)
    return entry.kind === 'authority-start' ? entry.country : null
  } catch (error) {
    if (error instanceof UnreadableEntryError || error instanceof RangeError) return null
    throw error
  }
}
