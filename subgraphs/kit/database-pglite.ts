import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { checkTime, type LegTime, withinTime } from './leg-time.ts'
import { type PgliteThread, startPgliteThread } from './pglite-thread.ts'
import type { Database } from './types.ts'

/** How long a statement may run on after its leg has ended, in milliseconds: to end the thread costs more than to wait so long. */
const GRACE_MS = 200

/**
 * Opens PostgreSQL in process (PGlite), in a thread of its own. It has one connection: it runs one statement after another, and a
 * transaction has the connection to itself. PGlite cannot cancel a statement. If one outlives its leg, the thread is ended and the folder
 * is opened again, as after a crash. A database in memory would lose its rows, so there the next statement waits.
 * @param folder where the rows are stored; created if it does not exist. Undefined for a database in memory.
 * @throws {Error} if another living process has the folder open, because PGlite has no server to share it.
 */
export async function openPglite(folder: string | undefined): Promise<Database> {
  const unlock = folder === undefined ? async () => undefined : await lockFolder(folder)
  let thread = startPgliteThread(folder)
  try {
    await thread.run('query', 'select 1')
  } catch (error) {
    await thread.end()
    await unlock()
    throw error
  }
  const restart = async (): Promise<void> => {
    await thread.end()
    thread = startPgliteThread(folder)
  }
  const takeTurn = createTurns(async () => {
    // A database in memory is gone with its thread, so every statement fails from now on.
    if (folder !== undefined && thread.hasEnded()) await restart()
  })
  return {
    query: <Row>(sql: string, params?: readonly unknown[]) =>
      takeTurn(undefined, () => runStatements(thread).query<Row>(sql, params)),
    execute: (sql) => takeTurn(undefined, () => runStatements(thread).execute(sql)),
    transaction: (work, time) =>
      takeTurn(time, async (keepTurn) => {
        const running = inTransaction(thread, work)
        if (time === undefined) return running
        return withinTime(running, time).catch((error: unknown) => {
          if (time.signal.aborted) keepTurn(folder === undefined ? running : endOrRestart(running, restart))
          throw error
        })
      }),
    async close() {
      await takeTurn(undefined, async () => {
        await thread.run('close').catch(() => undefined)
        await thread.end()
      })
      await unlock()
    },
  }
}

/** Waits a moment for a transaction that nobody waits for. If it does not end, the thread ends. */
async function endOrRestart(running: Promise<unknown>, restart: () => Promise<void>): Promise<void> {
  const ended = running.then(
    () => true,
    () => true,
  )
  if (!(await Promise.race([ended, sleep(GRACE_MS, false)]))) await restart()
}

/** Runs work in the turn that it was given. `keepTurn` keeps the turn until something else has ended too. */
type TakeTurn = <T>(
  time: LegTime | undefined,
  work: (keepTurn: (until: Promise<unknown>) => void) => Promise<T>,
) => Promise<T>

/**
 * Makes a queue: each work begins when the one before has ended, and not at all if its time is over by then.
 * @param prepare runs before each work.
 */
function createTurns(prepare: () => Promise<void>): TakeTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (time, work) => {
    let kept: Promise<unknown> = Promise.resolve()
    const turn = last.then(async () => {
      checkTime(time)
      await prepare()
      return work((until) => {
        kept = until
      })
    })
    last = turn
      .then(
        () => kept,
        () => kept,
      )
      .catch(() => undefined)
    return withinTime(turn, time)
  }
}

async function inTransaction<T>(thread: PgliteThread, work: (db: Database) => Promise<T>): Promise<T> {
  await thread.run('execute', 'begin')
  try {
    const result = await work({
      ...runStatements(thread),
      transaction: () => Promise.reject(new Error('Transactions do not nest.')),
      close: () => Promise.reject(new Error('A transaction does not close its database.')),
    })
    await thread.run('execute', 'commit')
    return result
  } catch (error) {
    // If the thread has ended, there is nothing to roll back.
    await thread.run('execute', 'rollback').catch(() => undefined)
    throw error
  }
}

function runStatements(thread: PgliteThread): Pick<Database, 'query' | 'execute'> {
  return {
    async query<Row>(sql: string, params: readonly unknown[] = []) {
      return (await thread.run('query', sql, params)) as Row[]
    },
    async execute(sql) {
      await thread.run('execute', sql)
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
