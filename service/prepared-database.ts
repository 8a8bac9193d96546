import { copyFileSync, cpSync, existsSync, openAsBlob } from 'node:fs'
import { join } from 'node:path'

/**
 * Where the tests keep a fresh database of PGlite. PGlite takes two seconds of a core to make one, and the tests need hundreds, so each
 * begins as a copy. It is no setting: only `vitest.config.ts` names it, and `tests/prepared-database.ts` makes it.
 */
const VARIABLE = 'ISTMO_TEST_PGLITE'

/** The file that PGlite looks for to see whether a folder holds a database. */
const MARK = 'PG_VERSION'

/** The names in the folder that {@link VARIABLE} names: a database as a folder, and the same as a tar file. */
export const PREPARED = { folder: 'data', tar: 'data.tar' } as const

/**
 * Lets a new database begin as a copy of the prepared one. Without one, which is so outside the tests, it does nothing.
 *
 * @param folder the folder that PGlite is about to open; undefined for a database in memory. An existing database stays as it is.
 * @returns options for `PGlite.create`.
 */
export async function fromPrepared(folder: string | undefined): Promise<{ readonly loadDataDir?: Blob }> {
  const prepared = process.env[VARIABLE]
  if (prepared === undefined || prepared === '') return {}
  if (folder === undefined) return { loadDataDir: await openAsBlob(join(prepared, PREPARED.tar)) }
  const from = join(prepared, PREPARED.folder)
  const mark = join(from, MARK)
  if (!existsSync(join(folder, MARK))) {
    // The mark comes last: a process may be killed while it copies.
    cpSync(from, folder, { recursive: true, filter: (path) => path !== mark })
    copyFileSync(mark, join(folder, MARK))
  }
  return {}
}
