import { copyFileSync, cpSync, existsSync, openAsBlob } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * Where the tests keep fresh databases of PGlite. PGlite takes two seconds of a core to make one, and the migrations of a country take two
 * more. The tests need hundreds of databases, so each begins as a copy. No operator sets it: only the configuration of the tests
 * (tests/usual-config.ts) does, and `tests/prepared-database.ts` makes what it names.
 */
const VARIABLE = 'ISTMO_TEST_PGLITE'

/** What a prepared database holds: nothing, or the empty tables of a country. */
export type Prepared = 'nothing' | 'country'

/** The file that PGlite looks for to see whether a folder holds a database. */
const MARK = 'PG_VERSION'

/** Where a prepared database is below the folder that the tests name: as a folder, and the same as a tar file. */
export const placesOf = (below: string, what: Prepared) => ({
  folder: join(below, what, 'data'),
  tar: join(below, what, 'data.tar'),
})

/** The name of the database with the tables of a country on the server of the tests; undefined outside the tests. */
export function preparedOnServer(): string | undefined {
  const prepared = process.env[VARIABLE]
  return prepared ? basename(prepared).replaceAll('-', '_') : undefined
}

/**
 * Lets a new database begin as a copy of a prepared one. Outside the tests there is none, and it does nothing.
 *
 * @param folder the folder that PGlite is about to open; undefined for a database in memory. An existing database stays as it is.
 * @returns options for `PGlite.create`.
 */
export async function fromPrepared(
  folder: string | undefined,
  what: Prepared,
): Promise<{ readonly loadDataDir?: Blob }> {
  const prepared = process.env[VARIABLE]
  if (prepared === undefined || prepared === '') return {}
  const places = placesOf(prepared, what)
  if (folder === undefined) return { loadDataDir: await openAsBlob(places.tar) }
  if (!existsSync(join(folder, MARK))) {
    // The mark comes last: a process may be killed while it copies.
    const mark = join(places.folder, MARK)
    cpSync(places.folder, folder, { recursive: true, filter: (path) => path !== mark })
    copyFileSync(mark, join(folder, MARK))
  }
  return {}
}
