/** Makes the fresh database of PGlite with which each embedded database of a test begins (service/prepared-database.ts). */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PREPARED } from '../service/prepared-database.ts'
import { keepDatabaseFilesPrivate } from '../service/private-database-files.ts'

const { version } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../node_modules/@electric-sql/pglite/package.json'), 'utf8'),
) as { version: string }

/** The folder of the prepared database. A release of PGlite makes it once, and later runs use it again. */
export const PREPARED_DATABASE = join(tmpdir(), `istmo-pglite-${version}-${process.getuid?.() ?? 'user'}`)

/** Makes it before the first test. Vitest calls this (`globalSetup`). */
export async function setup(): Promise<void> {
  if (existsSync(PREPARED_DATABASE)) return
  const [{ PGlite }, { NodeFS }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite/nodefs'),
  ])
  const made = await mkdtemp(`${PREPARED_DATABASE}-`)
  const folder = join(made, PREPARED.folder)
  await mkdir(folder, { mode: 0o700 })
  const open = () => PGlite.create({ fs: keepDatabaseFilesPrivate(new NodeFS(folder)) })
  // What the second one dumps was closed in order, so that a copy has nothing to recover.
  await (await open()).close()
  const database = await open()
  const tar = await database.dumpDataDir('none')
  await database.close()
  await writeFile(join(made, PREPARED.tar), Buffer.from(await tar.arrayBuffer()))
  // Another run may have been quicker.
  await rename(made, PREPARED_DATABASE).catch(() => rm(made, { recursive: true }))
}
