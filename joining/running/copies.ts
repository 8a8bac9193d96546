import { constants, createReadStream, createWriteStream } from 'node:fs'
import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { decodeFrames, encodeFrame, historyPaths } from '../../audit/log/history.ts'
import { encodeBundle } from '../../audit/merkle/entry-bundle.ts'
import { HASH_BYTES } from '../../audit/merkle/hash.ts'
import { TILE_WIDTH, type TileId, tilePath, tilesOf, tileWidth } from '../../audit/merkle/tile.ts'
import { parseCheckpoint } from '../../audit/note/checkpoint.ts'
import { parseNote } from '../../audit/note/note.ts'
import { SLOT_BYTES } from '../../audit/salts/slot.ts'
import { listPlaces } from '../../audit/shards/places.ts'
import { readBundle } from '../../audit/verify/read-log.ts'
import { folderSource } from '../../audit/verify/source.ts'
import { KNOWN_FOLDER } from '../../service/audit-log/others-checkpoints.ts'
import { AUDIT_LOG_FOLDERS } from '../../service/audit-log/recorder.ts'
import { FolderInUseError, lockFolder } from '../../service/folder-lock/folder-lock.ts'
import { readLines } from '../../service/read-lines.ts'
import { listRunMigrations, type MigrationFolder, migrate } from '../../subgraphs/kit/migrate.ts'
import { refreshStatistics } from '../../subgraphs/kit/statistics.ts'
import type { Database } from '../../subgraphs/kit/types.ts'
import { SYNC_LOCK_KEY } from '../sync/target.ts'

/**
 * Copies an audit log while its process writes it. The copy is the log as of one checkpoint: everything behind it is left out, so it needs no journal,
 * and it opens like a log that was closed at that moment. The process is not asked and not slowed down.
 */

/** The permissions of a copied file. */
const PRIVATE = 0o600

/** How long the process of a log may take to publish what it has written, in milliseconds: twice what it usually takes for two publications. */
const PUBLISH_PATIENCE_MS = 5_000

/**
 * Waits until a log has published what was durable at a moment: its process does so a second after each commit. A log that no process has open
 * is not waited for. A process that writes nothing has nothing to publish, and is waited for in vain, without an error.
 */
export async function waitForPublication(home: string, sinceMs: number): Promise<void> {
  const newest = (await listPlaces(home)).at(-1)
  if (newest === undefined || !(await isFolderOpen(join(home, newest.path)))) return
  const until = performance.now() + PUBLISH_PATIENCE_MS
  const file = join(home, newest.path, 'checkpoint')
  // The first publication may have begun before the moment, and lack what came while it was made. The next one has it.
  const seen = new Set<number>()
  while (performance.now() < until) {
    const found = await stat(file).catch(() => null)
    if (found !== null && found.mtimeMs > sinceMs) seen.add(found.mtimeMs)
    if (seen.size > 1) return
    await sleep(50)
  }
}

/**
 * Checks whether a process has a folder open for writing: a log or an embedded database.
 * @param file the lock file, if it is not in the folder
 */
export async function isFolderOpen(folder: string, file?: string): Promise<boolean> {
  try {
    const lock = await lockFolder(folder, { patienceMs: 0, ...(file !== undefined && { file }) })
    lock.release()
    return false
  } catch (error) {
    if (error instanceof FolderInUseError) return true
    throw error
  }
}

/**
 * Copies the home of an audit log: each shard as of its checkpoint, the salts, the texts that entries name, and the checkpoints of others.
 * @param hasSalts whether the salts are copied. Without them nobody can open the commitments of the copy, and no erased salt lives on in it.
 * @throws {Error} if a file of a shard is missing or damaged.
 */
export async function copyAuditLog(
  home: string,
  target: string,
  { hasSalts }: { readonly hasSalts: boolean },
): Promise<void> {
  for (const { path } of await listPlaces(home)) await copyShard(join(home, path), join(target, path))
  await mkdir(join(target, AUDIT_LOG_FOLDERS.salts), { recursive: true, mode: 0o700 })
  if (hasSalts) await copySalts(join(home, AUDIT_LOG_FOLDERS.salts), join(target, AUDIT_LOG_FOLDERS.salts))
  for (const folder of [AUDIT_LOG_FOLDERS.kept, KNOWN_FOLDER]) await copyTree(join(home, folder), join(target, folder))
}

/** Copies one shard as of the checkpoint that it has now. */
async function copyShard(from: string, to: string): Promise<void> {
  const source = folderSource(from)
  const note = await source.read('checkpoint')
  if (note === undefined) return
  const { size } = parseCheckpoint(parseNote(note).text)
  // Each of these only grows, and has what the checkpoint needs already.
  for (const folder of ['rotations', 'prunings']) await copyTree(join(from, folder), join(to, folder))
  for (const id of tilesOf(size)) await put(to, tilePath(id), await readTile(source, id))
  for (let index = 0; tileWidth('entries', index, size) > 0; index++) await copyBundle(source, to, index, size)
  for (const path of historyPaths(size)) {
    const bytes = await source.read(path)
    if (bytes === undefined) continue
    const kept = decodeFrames(bytes).frames.filter(({ first }) => first <= size)
    if (kept.length > 0) await put(to, path, Buffer.concat(kept.map(encodeFrame)))
  }
  // Nothing is the log before its checkpoint is there.
  await put(to, 'checkpoint', note)
}

type Source = ReturnType<typeof folderSource>

/** Reads a hash tile of the width that it has under the checkpoint. The log may have replaced a partial one by a wider one since. */
async function readTile(source: Source, id: TileId): Promise<Uint8Array> {
  const bytes = (await source.read(tilePath(id))) ?? (await source.read(tilePath({ ...id, width: TILE_WIDTH })))
  if (bytes === undefined || bytes.length < id.width * HASH_BYTES)
    throw new Error(
      `${source.name}: expected ${tilePath(id)} with ${id.width} hashes; came ${bytes?.length ?? 'no'} bytes`,
    )
  return bytes.subarray(0, id.width * HASH_BYTES)
}

async function copyBundle(source: Source, to: string, index: number, size: number): Promise<void> {
  const id = { level: 'entries' as const, index, width: tileWidth('entries', index, size) }
  // A pruned bundle is missing; whoever verifies the copy sees whether it may be.
  const entries = await readBundle(source, index, size, true)
  if (entries.length > 0) await put(to, tilePath(id), encodeBundle(entries))
}

/** Copies the salts that are whole. One that is being written belongs to an entry behind the checkpoint. */
async function copySalts(from: string, to: string): Promise<void> {
  for (const hour of await readdir(join(from, 'hours')).catch(() => [])) {
    const bytes = await readFile(join(from, 'hours', hour))
    await put(to, join('hours', hour), bytes.subarray(0, bytes.length - (bytes.length % SLOT_BYTES)))
  }
}

/** Copies a folder with everything in it. A folder that does not exist, and a file that vanishes meanwhile, are left out. */
export async function copyTree(from: string, to: string): Promise<void> {
  const found = await readdir(from, { withFileTypes: true }).catch(() => [])
  for (const each of found) {
    const [source, target] = [join(from, each.name), join(to, each.name)]
    if (each.isDirectory()) await copyTree(source, target)
    if (each.isFile()) await copyPrivate(source, target)
  }
}

/** Copies a file, readable only by its owner. A file that does not exist is left out. */
export async function copyPrivate(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
  await chmod(to, PRIVATE)
  return true
}

async function put(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  const file = join(folder, path)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, bytes, { mode: PRIVATE, flag: 'wx' })
}

/**
 * A copy of a node's own tables: one file for each, with one JSON object in each line. It needs no program beside the node, comes from one snapshot, and
 * goes into a server as well as into an embedded database.
 */

/** The schemas of a national database. What a country keeps beside them in the same database is not the node’s. */
const SCHEMAS = ['istmo', 'reference', 'cases', 'persons', 'legal'] as const

/** Which migrations have run is not copied: the migrations themselves run again. */
const NOT_COPIED = 'istmo.migration'

/** How many rows one statement reads or writes. */
const BATCH = 1_000

/** The setting by which a second run of a restore knows that the rows are there. */
const RESTORED = 'restored'

/** What is in a copy of rows: how many rows each table has by its name, and the migrations that the database had run. */
interface CopiedRows {
  readonly tables: Readonly<Record<string, number>>
  readonly migrations: { readonly name: string; readonly sha256: string }[]
}

/** A table, its columns that take values, and the tables whose rows must be there first. */
interface Table {
  readonly name: string
  readonly columns: readonly string[]
  readonly needs: readonly string[]
}

/**
 * Writes the tables of a national database into a folder. All of it is one snapshot, and other transactions go on meanwhile.
 * @param onRows called from time to time with the number of rows so far.
 */
export async function copyRows(db: Database, folder: string, onRows: (rows: number) => void): Promise<CopiedRows> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return db.transaction(async (tx) => {
    await tx.execute('set transaction isolation level repeatable read, read only; set local statement_timeout = 0')
    const migrations = [...(await listRunMigrations(tx))]
    const counts: Record<string, number> = {}
    let done = 0
    for (const { name } of await listTables(tx)) {
      counts[name] = await copyTable(tx, name, join(folder, fileOf(name)), (rows) => onRows(done + rows))
      done += counts[name]
    }
    return { tables: counts, migrations }
  })
}

/** Returns the file of a table in a copy. */
export function fileOf(table: string): string {
  return `${table.replaceAll('"', '')}.jsonl.gz`
}

async function copyTable(tx: Database, name: string, file: string, onRows: (rows: number) => void): Promise<number> {
  let count = 0
  async function* readBatches() {
    await tx.execute(`declare rows no scroll cursor for select row_to_json(t)::text as row from ${name} t`)
    for (;;) {
      const rows = await tx.query<{ row: string }>(`fetch ${BATCH} from rows`)
      if (rows.length === 0) break
      count += rows.length
      yield `${rows.map(({ row }) => row).join('\n')}\n`
      onRows(count)
    }
    await tx.execute('close rows')
  }
  await pipeline(readBatches, createGzip({ level: 1 }), createWriteStream(file, { mode: 0o600, flags: 'wx' }))
  return count
}

/** Lists the tables of a national database. A table without a log of its own (unlogged) is somebody’s passing work, and is left out. */
async function listTables(db: Database): Promise<readonly Table[]> {
  return db.query<Table>(
    `select format('%I.%I', n.nspname, c.relname) as name,
       array(select format('%I', attname) from pg_attribute
         where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns,
       array(select distinct format('%I.%I', fn.nspname, f.relname) from pg_constraint k
         join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
         where k.conrelid = c.oid and k.contype = 'f' and k.confrelid <> c.oid) as needs
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence = 'p' and n.nspname = any($1::text[])
       and format('%I.%I', n.nspname, c.relname) <> $2
     order by 1`,
    [SCHEMAS, NOT_COPIED],
  )
}

/** What {@link loadRows} works with. */
export interface LoadOptions {
  readonly folder: string
  readonly rows: CopiedRows
  /** The id of the copy: a second run with the same one finds its rows there, and does nothing. */
  readonly id: string
  /** The migrations of this version. */
  readonly migrations: readonly MigrationFolder[]
  readonly onRows: (rows: number) => void
}

/**
 * Loads a copy into a database without rows: it runs the migrations that the copied database had run, then loads all tables in one transaction. So a
 * reader sees none of the rows or all of them, and after a kill the next run begins again.
 * @throws {Error} if the database has other rows, or if this version does not have a table or a migration of the copy.
 */
export async function loadRows(db: Database, options: LoadOptions): Promise<void> {
  const { rows, id, migrations } = options
  await migrate(db, migrations, (name) => rows.migrations.some((each) => each.name === name))
  await checkMigrations(db, rows)
  const [before] = await db.query<{ value: string }>('select value from istmo.setting where name = $1', [RESTORED])
  if (before?.value === id) return
  const tables = await listTables(db)
  const unknown = Object.keys(rows.tables).find((name) => !tables.some((table) => table.name === name))
  if (unknown !== undefined)
    throw new Error(
      `the copy has the table ${unknown}, which this version does not make. Restore it with the version that made the copy.`,
    )
  await db.transaction(async (tx) => {
    await tx.execute('set local statement_timeout = 0')
    await requireNoSync(tx)
    await requireEmpty(tx, tables)
    await tx.execute('delete from istmo.setting')
    for (const { name } of tables) await tx.execute(`alter table ${name} disable trigger user`)
    const indexes = await dropListIndexes(tx)
    let done = 0
    for (const table of inOrder(tables)) {
      const count = rows.tables[table.name]
      if (count === undefined) continue
      await loadTable(tx, table, count, { ...options, onRows: (loaded) => options.onRows(done + loaded) })
      done += count
    }
    for (const { name } of tables) await tx.execute(`alter table ${name} enable trigger user`)
    for (const definition of indexes) await tx.execute(definition)
    await continueSequences(tx, tables)
    await tx.query(
      'insert into istmo.setting (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value',
      [RESTORED, id],
    )
  })
  await refreshStatistics(db)
}

/** @throws {Error} if `istmo sync` fills the database: the rows of both would be mixed. While the restore runs, no sync begins. */
async function requireNoSync(tx: Database): Promise<void> {
  const [row] = await tx.query<{ taken: boolean }>(`select pg_try_advisory_xact_lock(${SYNC_LOCK_KEY}) as taken`)
  if (row?.taken !== true)
    throw new Error(
      'istmo sync fills this database now. Wait until it is done, and give the restore an empty database.',
    )
}

/**
 * Drops the GIN indexes, which take longer row by row than everything else together. Returns the statements that build them again.
 */
async function dropListIndexes(tx: Database): Promise<readonly string[]> {
  const indexes = await tx.query<{ name: string; definition: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am m on m.oid = c.relam
     join pg_namespace n on n.oid = c.relnamespace where m.amname = 'gin' and n.nspname = any($1::text[])`,
    [SCHEMAS],
  )
  for (const { name } of indexes) await tx.execute(`drop index ${name}`)
  await tx.execute("set local maintenance_work_mem = '256MB'")
  return indexes.map(({ definition }) => definition)
}

/** Lets each column that counts by itself go on behind the largest number in it. */
async function continueSequences(tx: Database, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) {
    const columns = await tx.query<{ sequence: string; column: string }>(
      `select pg_get_serial_sequence($1, attname) as sequence, format('%I', attname) as column from pg_attribute
       where attrelid = $1::text::regclass and attnum > 0 and not attisdropped and pg_get_serial_sequence($1, attname) is not null`,
      [name],
    )
    for (const { sequence, column } of columns)
      await tx.query(`select setval($1, greatest(1, (select max(${column}) from ${name})))`, [sequence])
  }
}

async function checkMigrations(db: Database, { migrations }: CopiedRows): Promise<void> {
  const ran = new Map((await listRunMigrations(db)).map(({ name, sha256 }) => [name, sha256]))
  const other = migrations.find(({ name, sha256 }) => ran.get(name) !== sha256)
  if (other === undefined) return
  throw new Error(
    `the copied database had run the migration ${other.name}, which this version does not have in this form. Restore it with the version that made the copy, or with a later one.`,
  )
}

async function requireEmpty(tx: Database, tables: readonly Table[]): Promise<void> {
  for (const { name } of tables) {
    if (name === 'istmo.setting') continue
    const [row] = await tx.query<{ found: boolean }>(`select exists (select from ${name}) as found`)
    if (row?.found === true)
      throw new Error(
        `the table ${name} has rows, and a restore replaces none. Give it an empty database (create database … encoding 'UTF8' template template0).`,
      )
  }
}

async function loadTable(
  tx: Database,
  { name, columns }: Table,
  count: number,
  { folder, onRows }: LoadOptions,
): Promise<void> {
  const list = columns.join(', ')
  const insert = `insert into ${name} (${list}) overriding system value
    select ${list} from json_populate_recordset(null::${name}, $1::json)`
  const file = createReadStream(join(folder, fileOf(name)))
  const lines = readLines(file.pipe(createGunzip()).setEncoding('utf8'))
  let batch: string[] = []
  let loaded = 0
  const flush = async (): Promise<void> => {
    await tx.query(insert, [`[${batch.join(',')}]`])
    loaded += batch.length
    batch = []
    onRows(loaded)
  }
  for await (const line of lines) if (batch.push(line) === BATCH) await flush()
  if (batch.length > 0) await flush()
  if (loaded !== count) throw new Error(`expected ${count} rows of ${name} in the copy; came ${loaded}`)
}

/** Returns the tables so that each comes behind those that its rows refer to. */
function inOrder(tables: readonly Table[]): readonly Table[] {
  const left = new Map(tables.map((table) => [table.name, table]))
  const ordered: Table[] = []
  while (left.size > 0) {
    const next = [...left.values()].filter(({ needs }) => !needs.some((need) => left.has(need)))
    if (next.length === 0) throw new Error(`the tables ${[...left.keys()].join(', ')} refer to one another in a circle`)
    for (const table of next) left.delete(table.name)
    ordered.push(...next)
  }
  return ordered
}
