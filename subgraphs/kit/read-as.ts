import type { LegTime } from './leg-time.ts'
import type { Read } from './pg-read.ts'
import { ReaderUnsafe, type TableText } from './table-problem.ts'
import type { Database, Reader } from './types.ts'

/**
 * A leg reads as the role `istmo_reader`, which row-level security binds (migrations/002-reader.sql). A leg has no other way to its
 * country's rows: a resolver never receives the database itself.
 */

/** What decides which rows a leg sees. */
export interface RowVisibility {
  /** The task force that the country recognises; null if the leg sees only public rows. */
  readonly taskForce: string | null
  /** Whether the leg sees victims, witnesses and minors. */
  readonly showsProtected: boolean
}

/** The rows that a caller sees without a mandate that the country recognises. */
export const PUBLIC_ROWS: RowVisibility = Object.freeze({ taskForce: null, showsProtected: false })

/** The statement that binds a transaction to the reader. Its settings end with the transaction. */
export const BIND_READER = `select set_config('role', 'istmo_reader', true),
  set_config('istmo.task_force', $1, true), set_config('istmo.protected', $2, true)`

/**
 * The same, with the time that the statement may take, in milliseconds. A leg reads a page, so compiling its statement (JIT) costs more than running
 * it. The server ends the statement by itself, also if this process ends or the network breaks.
 */
export const BIND_LEG = `${BIND_READER}, set_config('jit', 'off', true), set_config('statement_timeout', $3, true)`

/**
 * The two, for a statement that the server keeps but plans for the values of each leg. Otherwise the server would take a plan for all values whenever it
 * believes that one to be as cheap.
 */
const ANEW = new Map(
  [BIND_READER, BIND_LEG].map((text) => [text, `${text}, set_config('plan_cache_mode', 'force_custom_plan', true)`]),
)

/**
 * Makes a reader that sees the rows of one leg. It runs each statement in a transaction of its own, as `istmo_reader`.
 * @param time how long the leg may take. A statement that runs longer is cancelled, and `query` rejects with `LEG_DEADLINE`.
 */
export function readAs(
  db: Pick<Database, 'read' | 'transaction'>,
  { taskForce, showsProtected }: RowVisibility,
  time?: LegTime,
): Reader {
  const settings = [taskForce ?? '', showsProtected ? 'on' : '']
  return {
    query(sql, params = [], plan) {
      if (db.read !== undefined) {
        const bind = time === undefined ? { text: BIND_READER, params: settings } : bindLeg(settings, time)
        const how = plan === 'anew' ? { ...bind, text: ANEW.get(bind.text) ?? bind.text } : bind
        return db.read({ settings: how, statement: { text: sql, params }, isKept: plan !== undefined }, time)
      }
      return db.transaction(async (transaction) => {
        await transaction.query(BIND_READER, settings)
        return transaction.query(sql, params)
      }, time)
    },
  }
}

/** How much longer than its leg a statement may take before the server ends it by itself, in milliseconds: the node does so first. */
const SERVER_GRACE_MS = 250

function bindLeg(settings: readonly string[], time: LegTime): Read['settings'] {
  return { text: BIND_LEG, params: [...settings, String(time.leftMs() + SERVER_GRACE_MS)] }
}

/**
 * Checks at start that the database filters rows.
 * @param schemas the PostgreSQL schemas of the domains that the node serves.
 * @throws {ReaderUnsafe} if the database's user cannot take the role, or if the role can bypass row-level security, or owns or may write a
 * table. The node then does not start.
 */
export async function checkReader(db: Database, schemas: readonly string[]): Promise<void> {
  const problem = await db
    .transaction(async (transaction): Promise<TableText | null> => {
      await transaction.query(BIND_READER, ['', ''])
      const [row] = await transaction.query<{ role: string; unbound: boolean; writes: string | null }>(
        `select current_user as role, rolsuper or rolbypassrls as unbound,
           (select min(format('%I.%I', n.nspname, c.relname)) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = any($1::text[]) and c.relkind in ('r', 'p', 'v', 'f') and (pg_has_role(c.relowner, 'USAGE')
              or has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))) as writes
         from pg_roles where rolname = current_user`,
        [schemas],
      )
      if (row?.role !== 'istmo_reader') return { code: 'READER_NOT_TAKEN' }
      if (row.unbound) return { code: 'READER_UNBOUND' }
      return row.writes === null ? null : { code: 'READER_WRITES', details: { table: row.writes } }
    })
    .catch((cause: unknown) => {
      throw new ReaderUnsafe(null, cause instanceof Error ? cause.message : String(cause))
    })
  if (problem !== null) throw new ReaderUnsafe(problem)
}
