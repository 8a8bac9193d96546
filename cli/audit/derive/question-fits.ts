import { parse } from 'graphql'
import { opensTo } from '../../../audit/salts/commitment.ts'
import { normaliseDocument } from '../../../contract/audit-log/document.ts'
import type { EntryOf } from '../../../contract/audit-log/entry.ts'
import { deriveQuestionSalt, saltedHash } from '../../../contract/leg-salt.ts'
import { ALL_COUNTRIES, QUESTION_MAX_AGE_S } from '../../../contract/trust/question-statement.ts'
import { hashDocumentOf, type JournalQuestion } from '../journal/read-journal.ts'

/** By how much clocks may differ, in milliseconds (docs/design/trust.md, Who signs what). */
const SKEW_MS = 5_000

/**
 * Says in what the gateway's entry of a request does not fit the question that an officer signed.
 * @param requestSalt the salt of the request, if the gateway's salts are at hand.
 * @returns sentences for people, without a value; none if the entry fits.
 */
export function describeMisfits(
  { statement, document, answer }: JournalQuestion,
  entry: EntryOf<'request'>,
  requestSalt: Uint8Array | undefined,
): readonly string[] {
  const { actor, grounds, operation, question } = entry
  const salt = requestSalt === undefined ? readSalt(answer?.evidence?.salt) : deriveQuestionSalt(requestSalt)
  const isRefused = entry.result.status >= 400
  const tokenHash = Buffer.from(statement.ath, 'base64url').toString('hex')
  return [
    ...(actor?.tokenHash === tokenHash ? [] : ['the entry is of another access token']),
    ...(question === undefined && !isRefused ? ['the entry names no signed question'] : []),
    ...(question !== undefined && salt !== undefined && question.statement !== saltedHash(salt, statement.jwt)
      ? ['the entry is of another statement']
      : []),
    ...(operation !== null && operation.documentHash !== hashDocumentOf({ document })
      ? ['the entry is of another document']
      : []),
    ...(operation === null || requestSalt === undefined || opensVariables(document, statement, operation, requestSalt)
      ? []
      : ['the entry is of other values']),
    ...(question === undefined || grounds === null || grounds.purpose === statement.purpose
      ? []
      : ['the entry has another purpose']),
    ...(question === undefined || grounds === null || grounds.legalBasis.join('\n') === statement.basis.join('\n')
      ? []
      : ['the entry has another legal basis']),
    ...(answer === null || answer.status === entry.result.status
      ? []
      : [`the tool was answered with status ${answer.status}, and the entry has ${entry.result.status}`]),
    ...describeTime(statement.iat * 1_000, entry),
    ...describeCountries(statement.countries, entry),
  ]
}

/**
 * Whether a salt is that of another request or log: it does not open the statement in the entry, and the salt that the gateway gave to the tool does. Then
 * nothing speaks against the entry.
 */
export function isForeignSalt(
  { statement, answer }: JournalQuestion,
  { question }: EntryOf<'request'>,
  requestSalt: Uint8Array,
): boolean {
  const ofTool = readSalt(answer?.evidence?.salt)
  if (question === undefined || ofTool === undefined) return false
  const opens = (salt: Uint8Array): boolean => saltedHash(salt, statement.jwt) === question.statement
  return opens(ofTool) && !opens(deriveQuestionSalt(requestSalt))
}

function readSalt(text: string | null | undefined): Uint8Array | undefined {
  return text == null ? undefined : Buffer.from(text, 'base64url')
}

function opensVariables(
  document: string,
  { variables }: JournalQuestion['statement'],
  { variables: commitment }: NonNullable<EntryOf<'request'>['operation']>,
  salt: Uint8Array,
): boolean {
  if (commitment === null) return true
  const { literals, names } = normaliseDocument(parse(document))
  return opensTo(commitment, { literals, names, variables: Object.fromEntries(variables) }, salt)
}

/** A statement is at most a minute old when it comes, and it comes once. */
function describeTime(askedMs: number, { time, result }: EntryOf<'request'>): readonly string[] {
  const endMs = Date.parse(time)
  const isTooEarly = endMs < askedMs - SKEW_MS
  const isTooLate = endMs - result.durationMs > askedMs + QUESTION_MAX_AGE_S * 1_000 + 2 * SKEW_MS
  return isTooEarly || isTooLate ? ['the entry is of another time than the statement'] : []
}

function describeCountries(disclosed: readonly string[], { legs }: EntryOf<'request'>): readonly string[] {
  if (disclosed.includes(ALL_COUNTRIES)) return []
  const asked = legs.flatMap(({ country, requestHash }) => (country === null || requestHash === null ? [] : [country]))
  const foreign = [...new Set(asked)].filter((country) => !disclosed.includes(country)).sort()
  return foreign.map((country) => `${country} was asked, and the statement does not disclose it`)
}
