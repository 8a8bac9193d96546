import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { timestampText } from './timestamp.ts'
import type { Database } from './types.ts'

const OID = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184 } as const

/**
 * Opens PostgreSQL in process (PGlite). It has one connection: it runs one statement after another, and a transaction has the
 * connection to itself.
 * @param folder where the rows are stored; created if it does not exist. Undefined for a database in memory.
 * @throws {Error} if another living process has the folder open, because PGlite has no server to share it.
 */
export async function openPglite(folder: string | undefined): Promise<Database> {
  const unlock = folder === undefined ? async () => undefined : await lockFolder(folder)
  try {
    const pglite = await PGlite.create({
      ...(folder !== undefined && { dataDir: folder }),
      extensions: { pg_trgm },
      parsers: {
        [OID.int8]: Number,
        [OID.date]: (text: string) => text,
        [OID.timestamp]: timestampText,
        [OID.timestamptz]: timestampText,
      },
    })
    await pglite.exec(`set datestyle to 'ISO'; set timezone to 'UTC'`)
    return createDatabase(pglite, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

function createDatabase(pglite: PGlite, unlock: () => Promise<void>): Database {
  return {
    ...runStatements(pglite),
    transaction: (work) =>
      pglite.transaction((transaction) =>
        work({
          ...runStatements(transaction),
          transaction: () => Promise.reject(new Error('Transactions do not nest.')),
          close: () => Promise.reject(new Error('A transaction does not close its database.')),
        }),
      ),
    async close() {
      if (!pglite.closed) await pglite.close()
      await unlock()
    },
  }
}

function runStatements(on: PGlite | Transaction): Pick<Database, 'query' | 'execute'> {
  return {
    async query<Row>(sql: string, params: readonly unknown[] = []) {
      return (await on.query<Row>(sql, params as unknown[])).rows
    },
    async execute(sql) {
      await on.exec(sql)
    },
  }
}

// The lock files that this process holds. They are needed because in a container a killed process and the next one often have the same id.
const heldLocks = new Set<string>()

/** Locks a folder: writes this process's id in a file beside it. Takes over the file of a dead process. Returns the unlock. */
async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = resolve(`${folder}.pid`)
  await mkdir(dirname(folder), { recursive: true })
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' })
      heldLocks.add(path)
      return async () => {
        heldLocks.delete(path)
        await rm(path, { force: true })
      }
    } catch (error) {
      if (!isExisting(error)) throw error
      const holder = Number(await readFile(path, 'utf8').catch(() => ''))
      if (attempt > 0 || (holder === process.pid ? heldLocks.has(path) : isAlive(holder))) {
        throw new Error(
          `The database folder ${folder} is open in process ${holder}. Stop that process, or choose another folder.`,
        )
      }
      await rm(path, { force: true })
    }
  }
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
