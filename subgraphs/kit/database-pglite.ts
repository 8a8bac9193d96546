import { constants } from 'node:fs'
import { cp } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockFolder } from '../../service/folder-lock/folder-lock.ts'
import type { Prepared } from '../../service/prepared-database.ts'
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
 * @param prepared with what it begins in tests.
 * @throws {FolderInUseError} if another process has the folder open, because PGlite has no server to share it.
 */
export async function openPglite(folder: string | undefined, prepared: Prepared): Promise<Database> {
  // PGlite accepts no other file in a folder in which it makes a database.
  const lock = folder === undefined ? undefined : await lockFolder(folder, { file: `${folder}.lock` })
  let thread = startPgliteThread({ folder, prepared })
  try {
    await thread.run('query', 'select 1')
  } catch (error) {
    await thread.end()
    lock?.release()
    throw error
  }
  const restart = async (): Promise<void> => {
    await thread.end()
    thread = startPgliteThread({ folder, prepared })
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
          if (time.isOver()) keepTurn(folder === undefined ? running : endOrRestart(running, restart))
          throw error
        })
      }),
    ...(folder !== undefined && {
      copyFolder: (target: string) =>
        takeTurn(undefined, async () => {
          // Nothing runs until it is copied, and all that was committed is in the files.
          await thread.run('execute', 'checkpoint')
          await cp(folder, target, { recursive: true, mode: constants.COPYFILE_FICLONE })
        }),
    }),
    async close() {
      await takeTurn(undefined, async () => {
        await thread.run('close').catch(() => undefined)
        await thread.end()
      })
      lock?.release()
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
