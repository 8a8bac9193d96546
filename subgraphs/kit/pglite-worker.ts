import { readFile } from 'node:fs/promises'
import { createRequire, flushCompileCache } from 'node:module'
import { dirname, join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { EMBEDDED_PARAMETERS } from '../../service/embedded-postgres.ts'
import { fromPrepared } from '../../service/prepared-database.ts'
import { keepDatabaseFilesPrivate } from '../../service/private-database-files.ts'
import { timestampText } from './pg-read.ts'
import type { PgliteCall, PgliteCompiled, PgliteReply, PgliteThreadData } from './pglite-thread.ts'

/**
 * The thread of one PGlite database. A statement of PGlite blocks its thread until it ends, so the node's own thread starts this module in
 * a worker (pglite-thread.ts). It answers each call with one message, in the order of the calls.
 */

const OID = { int8: 20, date: 1082, timestamp: 1114, timestamptz: 1184 } as const

/** What this module needs of the global object `WebAssembly`, which Node's types do not have. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: { compile(bytes: Uint8Array): Promise<object> }
}

const port = parentPort
if (port === null) throw new Error('expected to run in a worker')
const { folder, prepared, postgres } = workerData as PgliteThreadData

const opened = open()
let last: Promise<unknown> = opened
// The first call reports why the database does not open.
opened.catch(() => undefined)
port.on('message', (call: PgliteCall) => {
  last = last.then(
    () => answer(call),
    () => answer(call),
  )
})

/** Takes PostgreSQL as another thread has compiled it, or compiles it for the threads to come. */
async function loadPostgres(): Promise<object> {
  if (postgres !== undefined) return postgres
  const dist = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'))
  const compiled = await WebAssembly.compile(await readFile(join(dist, 'pglite.wasm')))
  port?.postMessage({ postgres: compiled } satisfies PgliteCompiled)
  return compiled
}

async function open(): Promise<PGlite> {
  const pglite = await PGlite.create({
    pgliteWasmModule: await loadPostgres(),
    startParams: [...PGlite.defaultStartParams, ...EMBEDDED_PARAMETERS],
    ...(await fromPrepared(folder, prepared)),
    ...(folder !== undefined && { fs: keepDatabaseFilesPrivate(new NodeFS(folder)) }),
    extensions: { pg_trgm },
    parsers: {
      [OID.int8]: Number,
      [OID.date]: (text: string) => text,
      [OID.timestamp]: timestampText,
      [OID.timestamptz]: timestampText,
    },
  })
  await pglite.exec(`set datestyle to 'ISO'; set timezone to 'UTC'`)
  // A thread is terminated, and would not write the compiled code of its modules for the next one.
  flushCompileCache()
  return pglite
}

async function answer({ id, kind, sql, params }: PgliteCall): Promise<void> {
  let reply: PgliteReply
  try {
    const pglite = await opened
    if (kind === 'close') await pglite.close()
    if (kind === 'execute') await pglite.exec(sql)
    reply = { id, rows: kind === 'query' ? (await pglite.query(sql, params as unknown[])).rows : [] }
  } catch (error) {
    reply = { id, error: describeError(error) }
  }
  port?.postMessage(reply)
}

/** Copies what a caller may need of an error. Its `params` and `detail` hold values of the statement, so they stay here. */
function describeError(error: unknown): NonNullable<PgliteReply['error']> {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) }
  const { name, message, code, table, constraint } = error as Error & {
    code?: string
    table?: string
    constraint?: string
  }
  return { name, message, code, table, constraint }
}
