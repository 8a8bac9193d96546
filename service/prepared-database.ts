import { copyFileSync, cpSync, existsSync, openAsBlob } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * The variable with the folder of fresh databases of PGlite. PGlite takes five seconds of a core to make one, and the migrations of a country take
 * another. The first start of the demo needs seven and the tests need hundreds, so each begins as a copy (subgraphs/kit/prepare-databases.ts). No
 * operator sets it: only the demo for its children, and the configuration of the tests (tests/usual-config.ts).
 */
export const PREPARED_VARIABLE = 'ISTMO_PREPARED_PGLITE'

/** What a prepared database holds: nothing, or the empty tables of a country. */
export type Prepared = 'nothing' | 'country'

/** The file that PGlite looks for to see whether a folder holds a database. */
const MARK = 'PG_VERSION'

/** Where a prepared database is below the folder that the tests name: as a folder, and the same as a tar file. */
export const placesOf = (below: string, what: Prepared) => ({
  folder: join(below, what, 'data'),
  tar: join(below, what, 'data.tar'),
})

/** Whether this process and its children have prepared databases already. */
export const arePrepared = (): boolean => Boolean(process.env[PREPARED_VARIABLE])

/** The name of the database with the tables of a country on the server of the tests; undefined outside the tests. */
export function preparedOnServer(): string | undefined {
  const prepared = process.env[PREPARED_VARIABLE]
  return prepared ? basename(prepared).replaceAll('-', '_') : undefined
}

/**
 * Lets a new database begin as a copy of a prepared one. Where none is prepared, it does nothing.
 *
 * @param folder the folder that PGlite is about to open; undefined for a database in memory. An existing database stays as it is.
 * @returns options for `PGlite.create`.
 */
export async function fromPrepared(
  folder: string | undefined,
  what: Prepared,
): Promise<{ readonly loadDataDir?: Blob }> {
  const prepared = process.env[PREPARED_VARIABLE]
  if (prepared === undefined || prepared === '') return {}
  const places = placesOf(prepared, what)
  // The demo has them only while it starts for the first time, and only as folders.
  if (!existsSync(folder === undefined ? places.tar : places.folder)) return {}
  if (folder === undefined) return { loadDataDir: await openAsBlob(places.tar) }
  if (!existsSync(join(folder, MARK))) {
    // The mark comes last: a process may be killed while it copies.
    const mark = join(places.folder, MARK)
    cpSync(places.folder, folder, { recursive: true, filter: (path) => path !== mark })
    copyFileSync(mark, join(folder, MARK))
  }
  return {}
}
