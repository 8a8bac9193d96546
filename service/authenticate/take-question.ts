/** The statement of a signed question as it comes with a request (docs/design/trust.md, The question statement). */

import { hash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Caller, Grounds } from '../../contract/access-token.ts'
import { type Detail, detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import { memberOf } from '../../contract/json-value.ts'
import type { Misuse } from '../../contract/misuse.ts'
import { rememberByText } from '../../contract/remember-by-text.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { findLiteral } from '../../contract/trust/question-literals.ts'
import {
  QUESTION_MAX_AGE_S,
  QuestionError,
  type VerifiedQuestion,
  verifyQuestionSoon,
} from '../../contract/trust/question-statement.ts'
import { CLOCK_TOLERANCE_S } from './claims.ts'
import {
  type AskedRequest,
  type Authenticated,
  MisuseError,
  type TakenQuestion,
  type TakeQuestion,
} from './credentials.ts'
import { createReplayCache, type ReplayStore } from './dpop-proof.ts'
import { ForeignGroundsError, groundsOfQuestion } from './grounds.ts'

/** The longest statement in a header, in characters: the headers of a request may take 16 KiB together. */
const MAX_HEADER_LENGTH = 8_192

/** What {@link createTakeQuestion} works with. */
export interface TakeQuestionOptions {
  /** Returns the address under which callers reach this gateway, without a path and without a slash at its end. */
  readonly publicUrl: () => string
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  /** The store of used statements. Default: memory. */
  readonly replays?: ReplayStore
}

/** Creates the function that takes statements. It notes each statement as used after all other checks. */
export function createTakeQuestion(options: TakeQuestionOptions): TakeQuestion {
  const { publicUrl, now, replays = createReplayCache(() => now() / 1000) } = options
  const take = async (request: AskedRequest, sender: Authenticated): Promise<TakenQuestion | null> => {
    const text = findStatement(request)
    if (text === null) return null
    const { caller, keyThumbprint } = sender
    if (caller === null || keyThumbprint === undefined) {
      throw invalid(detail('QUESTION_NOT_BOUND'))
    }
    const question = await verify(text, publicUrl(), now)
    try {
      checkSender(question, caller, keyThumbprint)
      checkRequest(question, request)
      const stated = groundsOfQuestion(caller.mandate, question, now())
      if (request.statesGrounds) checkAgreement(stated.grounds, sender.grounds)
      await noteUse(question, replays)
      return { question, ...stated }
    } catch (error) {
      throw nameMisuse(error, caller)
    }
  }
  return (request, sender) => (hasNoStatement(request) ? null : take(request, sender))
}

/** A statement that is somebody else's, or of another request, or was used before: no honest tool sends one. */
class ForeignStatementError extends IstmoError {
  readonly misuse: Misuse

  constructor(misuse: Misuse, why: Detail) {
    super('QUESTION_INVALID', why)
    this.misuse = misuse
  }
}

/** Adds the caller to an error that says that a statement is misused. Returns any other error as it is. */
function nameMisuse(error: unknown, caller: Caller): unknown {
  const isMisuse = error instanceof ForeignStatementError || error instanceof ForeignGroundsError
  return isMisuse ? new MisuseError(caller, error.misuse, error) : error
}

/** Finds the text of the statement, in the header or in the body. */
function findStatement(request: AskedRequest): string | null {
  const [header, ...others] = request.headers
  const inBody = statementInBody(request)
  if (others.length > 0) throw invalid(detail('QUESTION_HEADER_TWICE'))
  if (header !== undefined && inBody !== undefined) {
    throw invalid(detail('QUESTION_TWICE'))
  }
  if (header !== undefined && header.length > MAX_HEADER_LENGTH) {
    throw invalid(detail('QUESTION_LENGTH', { most: MAX_HEADER_LENGTH, came: header.length }))
  }
  const text = header ?? inBody
  if (text === undefined) return null
  if (typeof text !== 'string') throw invalid(detail('QUESTION_NOT_TEXT'))
  return text
}

function hasNoStatement(request: AskedRequest): boolean {
  const { headers: lines } = request
  return lines.length === 0 && statementInBody(request) === undefined
}

function statementInBody({ body }: AskedRequest): unknown {
  return memberOf(memberOf(memberOf(body, 'extensions'), 'istmo'), 'question')
}

async function verify(text: string, audience: string, now: () => number): Promise<VerifiedQuestion> {
  try {
    return await verifyQuestionSoon(text, { now, audience })
  } catch (error) {
    if (error instanceof QuestionError) throw invalid(error.detail, error)
    throw error
  }
}

function checkSender(question: VerifiedQuestion, { tokenHash = '' }: Caller, keyThumbprint: string): void {
  if (question.keyThumbprint !== keyThumbprint) {
    throw foreign(detail('STATEMENT_KEY'))
  }
  if (question.ath !== Buffer.from(tokenHash, 'hex').toString('base64url')) {
    throw foreign(detail('STATEMENT_TOKEN'))
  }
  const hidden = Object.values(question.undisclosed).reduce((sum, count) => sum + count, 0)
  if (hidden > 0) throw invalid(detail('QUESTION_HIDDEN', { came: hidden }))
}

/** Many questions have the same document, and what is remembered of it depends on nothing but its text. */
const MEMORY = { maxTexts: 256, maxLength: 8_192 }
const hashOfDocument = rememberByText(sha256Url, MEMORY)
const literalOfDocument = rememberByText(findLiteral, MEMORY)

function checkRequest(question: VerifiedQuestion, { body, document }: AskedRequest): void {
  // In the address of a GET, the values would stand in the logs of whatever is between.
  if (body === undefined) throw invalid(detail('QUESTION_METHOD'))
  if (typeof document !== 'string' || hashOfDocument(document) !== question.doc) {
    throw foreign(detail('STATEMENT_DOCUMENT'))
  }
  if ((memberOf(body, 'operationName') ?? null) !== question.operation) {
    throw foreign(detail('STATEMENT_OPERATION'))
  }
  checkVariables(question.variables, memberOf(body, 'variables') ?? {})
  const literal = literalOfDocument(document)
  if (literal === null) return
  const { line, column } = literal
  throw new IstmoError(
    'QUESTION_INVALID',
    detail(literal.kind === 'text' ? 'SIGNED_TEXT' : 'SIGNED_NUMBER', { line, column }),
  )
}

function checkVariables(stated: ReadonlyMap<string, unknown>, sent: unknown): void {
  const variables = typeof sent === 'object' && sent !== null ? (sent as Record<string, unknown>) : {}
  const names = Object.keys(variables)
  const unstated = names.filter((name) => !stated.has(name)).length
  if (unstated > 0) throw foreign(detail('STATEMENT_VARIABLES_MISSING', { count: unstated }))
  const different = names.filter((name) => !isDeepStrictEqual(stated.get(name), variables[name])).length
  if (different > 0) throw foreign(detail('STATEMENT_VARIABLES_DIFFER', { count: different }))
  const unsent = stated.size - names.length
  if (unsent > 0) throw foreign(detail('STATEMENT_VARIABLES_UNSENT', { count: unsent }))
}

function checkAgreement(stated: Grounds | null, fromHeader: Grounds | null): void {
  if (isDeepStrictEqual(stated, fromHeader)) return
  throw invalid(detail('QUESTION_MANDATE'))
}

async function noteUse({ keyThumbprint, jti, iat }: VerifiedQuestion, replays: ReplayStore): Promise<void> {
  const id = hash('sha256', `question ${keyThumbprint} ${jti}`, 'base64url')
  const isFirst = await replays.noteFirstUse(id, iat + QUESTION_MAX_AGE_S + 2 * CLOCK_TOLERANCE_S)
  if (isFirst) return
  throw new ForeignStatementError('QUESTION_REPLAYED', detail('STATEMENT_USED'))
}

function foreign(why: Detail): IstmoError {
  return new ForeignStatementError('QUESTION_OF_OTHER', why)
}

function invalid(why: string | Detail, cause?: unknown): IstmoError {
  return new IstmoError('QUESTION_INVALID', why, { cause })
}
