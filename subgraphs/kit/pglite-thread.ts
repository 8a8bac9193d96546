import { Worker } from 'node:worker_threads'
import { siblingModule } from '../../service/module-path.ts'
import type { Prepared } from '../../service/prepared-database.ts'

/** What the thread gets when it starts. */
export interface PgliteThreadData {
  /** Undefined for a database in memory. */
  readonly folder: string | undefined
  readonly prepared: Prepared
  /** The compiled PostgreSQL of an earlier thread of this process; undefined for the first one, which compiles it. */
  readonly postgres: object | undefined
}

/** The first message of a thread that compiled PostgreSQL. */
export interface PgliteCompiled {
  /** A `WebAssembly.Module`. */
  readonly postgres: object
}

/** A call of the thread. `sql` and `params` are empty for `close`. */
export interface PgliteCall {
  readonly id: number
  readonly kind: 'query' | 'execute' | 'close'
  readonly sql: string
  readonly params: readonly unknown[]
}

/** The answer to the call of that id: rows, or what went wrong. */
export interface PgliteReply {
  readonly id: number
  readonly rows?: readonly unknown[]
  readonly error?: {
    readonly name: string
    readonly message: string
    readonly code?: string | undefined
    readonly table?: string | undefined
    readonly constraint?: string | undefined
  }
}

/** A thread that runs one PGlite database. */
export interface PgliteThread {
  /** Runs one statement, or a script. Rejects with the database's error, or when the thread ends. */
  run(kind: PgliteCall['kind'], sql?: string, params?: readonly unknown[]): Promise<readonly unknown[]>
  /** Whether the thread has ended, by {@link end} or by itself. Then every call rejects. */
  hasEnded(): boolean
  /** Ends the thread, in the middle of a statement too. */
  end(): Promise<void>
}

interface Waiting {
  resolve(rows: readonly unknown[]): void
  reject(error: Error): void
}

/** What the first thread has compiled. Threads share it, with what V8 has made better of it since. */
let postgres: object | undefined

/** Starts the thread. It opens the folder, or a database in memory, before its first statement. An idle thread does not keep the process alive. */
export function startPgliteThread(data: Omit<PgliteThreadData, 'postgres'>): PgliteThread {
  const workerData: PgliteThreadData = { ...data, postgres }
  const worker = new Worker(siblingModule(import.meta, './pglite-worker.ts'), { workerData })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  let ended: Error | undefined
  const rejectAll = (error: Error): void => {
    ended ??= error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.unref()
  worker.on('message', (message: PgliteReply | PgliteCompiled) => {
    if ('postgres' in message) {
      postgres = message.postgres
      return
    }
    const { id, rows, error } = message
    const caller = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0) worker.unref()
    if (error === undefined) caller?.resolve(rows ?? [])
    else caller?.reject(Object.assign(new Error(error.message), error))
  })
  worker.on('error', rejectAll)
  worker.on('exit', () => rejectAll(new Error('The thread of the embedded database has ended.')))
  return {
    run: (kind, sql = '', params = []) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        lastId += 1
        waiting.set(lastId, { resolve, reject })
        worker.ref()
        worker.postMessage({ id: lastId, kind, sql, params } satisfies PgliteCall)
      }),
    hasEnded: () => ended !== undefined,
    async end() {
      await worker.terminate()
    },
  }
}
