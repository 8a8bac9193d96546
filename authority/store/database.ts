import { rename } from 'node:fs/promises'
import type { Logger } from 'pino'
import { type IndexDatabase, openIndexDatabase } from '../../audit/index/database.ts'
import { FolderInUseError } from '../../service/folder-lock/folder-lock.ts'

/** The authority's database: a PostgreSQL server, or PGlite in its own folder. Everything in it can be made again from the audit log. */
export type AuthorityDatabase = IndexDatabase

/** Runs one statement, in the transaction that is under way. */
export type Query = AuthorityDatabase['query']

/**
 * Opens the authority's database. An embedded one that cannot be opened, as after a power cut, is put aside, and a new one is made: the
 * audit log has all that was in it.
 * @param place the URL of a server, or a folder.
 * @throws {FolderInUseError} if another process has the folder open.
 */
export async function openAuthorityDatabase(place: string, log: Pick<Logger, 'warn'>): Promise<AuthorityDatabase> {
  if (/^postgres(ql)?:\/\//.test(place)) return openIndexDatabase(place)
  try {
    return await openIndexDatabase(place)
  } catch (error) {
    if (error instanceof FolderInUseError) throw error
    const aside = `${place}.damaged-${Date.now()}`
    await rename(place, aside)
    log.warn({ aside }, 'the database could not be opened; it was put aside, and is made again from the audit log')
    return openIndexDatabase(place)
  }
}
