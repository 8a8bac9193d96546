import { basename, dirname } from 'node:path'
import { LogDamagedError } from '../../audit/finding.ts'
import { IndexAheadError } from '../../audit/index/store.ts'
import { NoteError } from '../../audit/note/key.ts'

/** Why nobody may rely on a log to its end. oversight/schema.graphql says what each means. */
export type LogProblem = 'BEHIND' | 'NOT_REACHED' | 'NOT_TRUSTED' | 'NOT_VERIFIED' | 'SET_BACK' | 'FAILED'

/** What is wrong with a log that nobody threw an error about: no trust policy names its origin, or its checkpoint is there no more. */
export class LogProblemError extends Error {
  override readonly name = 'LogProblemError'
  readonly problem: LogProblem

  constructor(problem: LogProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

/** Codes of the system and of undici for what could not be reached or read. */
const NOT_REACHED = /^(E[A-Z]{2,}|UND_ERR_[A-Z_]+)$/

/** Tells why a log could not be followed, by the error with which that ended. */
export function problemOf(error: unknown): LogProblem {
  if (error instanceof LogDamagedError || error instanceof NoteError) return 'NOT_VERIFIED'
  if (error instanceof IndexAheadError) return 'SET_BACK'
  if (error instanceof LogProblemError) return error.problem
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown }
  const isNotReached = name === 'TimeoutError' || (typeof code === 'string' && NOT_REACHED.test(code))
  return isNotReached ? 'NOT_REACHED' : 'FAILED'
}

/** Names a log whose origin nobody knows yet, by the end of its place: an auditor need not know the folders of the machine. */
export function nameOfPlace(place: string): string {
  const url = URL.parse(place)
  if (url !== null && /^https?:$/.test(url.protocol)) return `${url.host}${url.pathname}`
  return `${basename(dirname(place))}/${basename(place)}`
}
