import type { Logger } from 'pino'
import { IstmoError } from '../../contract/errors.ts'
import { explainCode } from '../../service/describe-connection.ts'
import { loggable } from './loggable.ts'
import type { Reader } from './types.ts'

/**
 * A database that cannot be reached. It is not a fault of the node or of a row, so a leg has the code `RECORDS_UNAVAILABLE`, and the
 * country's own log says why and what to do.
 */

/** What the system says if nothing answers at an address, or if a connection breaks (errno(3)). */
const SYSTEM_CODES =
  /^(ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|E(HOST|NET)(UNREACH|DOWN)|ENOENT)$/

/**
 * What PostgreSQL says if it accepts no connection or ends one (appendix A of its manual): connection exceptions, invalid authorisation, an
 * unknown database, too many connections, shutdown and start.
 */
const SQL_STATES = /^(08...|28...|3D000|53300|57P0[1-5])$/

/** What `pg` says without a code. */
const PG_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)/

/** After a line about a database that cannot be reached, how long the log has no other such line, in milliseconds. */
const SILENT_MS = 10_000

const REMEDY =
  'Start the database, or correct --database-url (DATABASE_URL). /health/ready says when the node reaches it again; the node need not be restarted.'

/** Returns whether a statement failed because nobody answered it, and not because of what it asks. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && (SYSTEM_CODES.test(code) || SQL_STATES.test(code))) return true
  return PG_MESSAGES.test(error.message)
}

/**
 * Lets each statement of a reader that fails because the database cannot be reached reject with `RECORDS_UNAVAILABLE`.
 * @param onUnreachable called with the cause.
 */
export function reportUnreachable(reader: Reader, onUnreachable: (cause: unknown) => void): Reader {
  return {
    query: (sql, params, plan) =>
      reader.query<never>(sql, params, plan).catch((error: unknown) => {
        if (!isUnreachable(error)) throw error
        onUnreachable(error)
        throw new IstmoError('RECORDS_UNAVAILABLE', undefined, { cause: error })
      }),
  }
}

/** Makes the function that logs why the database cannot be reached: at once, and again after {@link SILENT_MS}. */
export function createUnreachableLog(log: Pick<Logger, 'error'>, now: () => number): (cause: unknown) => void {
  let silentUntil = Number.NEGATIVE_INFINITY
  return (cause) => {
    if (now() < silentUntil) return
    silentUntil = now() + SILENT_MS
    const { code } = cause as { code?: unknown }
    const remedy = [explainCode('connection', String(code)), REMEDY].filter((each) => each !== undefined).join(' ')
    log.error({ err: loggable(cause), remedy }, 'the database cannot be reached; legs get no answer')
  }
}
