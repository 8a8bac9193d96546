/** The grounds of a request: the part of the token's mandate that the header `Istmo-Mandate` states (docs/design/access.md, The mandate). */

import { type BareItem, type InnerList, type Item, parseDictionary, Token } from 'structured-headers'
import { type Grounds, type Mandate, PURPOSES, type Purpose } from '../../contract/access-token.ts'
import { type Detail, detail } from '../../contract/error-details.ts'
import { IstmoError } from '../../contract/errors.ts'
import type { Misuse } from '../../contract/misuse.ts'
import { rememberByObject } from '../../contract/remember-by-object.ts'
import { isMandateOver } from '../../contract/trust/local-day.ts'
import type { VerifiedQuestion } from '../../contract/trust/question-statement.ts'

/** A header of the right form, for messages. */
const EXAMPLE = '`purpose=INVESTIGATION, case="GT:1", basis="UN:XVIII-12#27"`'

/** The grounds of one request, as `RequestContext` holds them: at most one of the two is not null. */
export interface GroundsResult {
  readonly grounds: Grounds | null
  /** Why there are no grounds although there is a mandate. */
  readonly groundsRejected: IstmoError | null
}

/** What a request states. What it does not state is undefined. */
interface Statement {
  readonly purpose?: Purpose
  readonly case?: string
  readonly basis?: readonly string[]
}

/**
 * Determines the grounds that a request acts on. What the header does not state is taken from the mandate, if the mandate leaves one choice.
 * @param mandate the token's mandate; undefined if it has none, or if there is no token.
 * @param headers the values of `Istmo-Mandate` as they came, one for each header line.
 * @param nowMs milliseconds since the epoch. A mandate is valid until its `not_after` day ends in its time zone.
 * @throws {IstmoError} `BAD_REQUEST` for a header of another form; a {@link ForeignGroundsError} for grounds that the mandate does not name.
 */
export function groundsOf(mandate: Mandate | undefined, headers: readonly string[], nowMs: number): GroundsResult {
  const statement = readStatement(headers)
  if (mandate === undefined) {
    if (statement === null) return { grounds: null, groundsRejected: null }
    throw misused('TOKEN_WITHOUT_MANDATE', detail('NO_MANDATE'))
  }
  // Public law needs no mandate. So a mandate that has ended only denies the fields with a rule, and does not reject the request.
  if (isMandateOver(mandate, nowMs)) return withoutGrounds(detail('MANDATE_ENDED'))
  // Only the officer's own statement can show that a request is about the case.
  if (mandate.case_digest !== undefined) return withoutGrounds(detail('CASE_NEEDS_SIGNATURE'))
  if (statement !== null) return chooseGrounds(mandate, statement)
  return chooseUnstated(mandate)
}

/** Chooses the grounds of requests that state none, by mandates that nobody changes. They depend on nothing else while the mandate lasts. */
const chooseUnstated = rememberByObject((mandate: Mandate) => chooseGrounds(mandate, {}))

function chooseGrounds(mandate: Mandate, statement: Statement): GroundsResult {
  const purpose = statement.purpose ?? findOnlyPurpose(mandate.purposes)
  checkCovered(mandate, statement)
  if (purpose === undefined) return withoutGrounds(detail('CHOICE_OF_PURPOSE', { purposes: listPurposes(mandate) }))
  const caseId = statement.case ?? mandate.case
  const legalBasis = statement.basis ?? mandate.legal_basis
  const grounds: Grounds = {
    purpose,
    ...(caseId !== undefined && { case: caseId }),
    ...(legalBasis !== undefined && { legalBasis }),
  }
  return { grounds: Object.freeze(grounds), groundsRejected: null }
}

/**
 * Determines the grounds of a signed question: what the statement states, and nothing that the mandate adds. A country compares them with the
 * statement.
 * @param nowMs milliseconds since the epoch.
 * @throws {IstmoError} `QUESTION_INVALID` if the mandate is bound to a case and the statement does not state it; a
 * {@link ForeignGroundsError} for grounds that the mandate does not name.
 */
export function groundsOfQuestion(mandate: Mandate | undefined, stated: StatedGrounds, nowMs: number): GroundsResult {
  if (mandate === undefined) throw misused('TOKEN_WITHOUT_MANDATE', detail('NO_MANDATE'))
  if (isMandateOver(mandate, nowMs)) return withoutGrounds(detail('MANDATE_ENDED'))
  const { purpose, case: caseId, caseDigest, basis } = stated
  const isBound = mandate.case_digest !== undefined
  if (isBound && caseDigest !== null && caseDigest !== mandate.case_digest) {
    throw misused('CASE_NOT_IN_MANDATE', detail('FOREIGN_CASE'))
  }
  // The case of a mandate with a digest is the one whose disclosure has this digest, whatever its id.
  checkCovered(mandate, { purpose, basis, ...(caseId !== null && !isBound && { case: caseId }) })
  if ((isBound || mandate.case !== undefined) && caseId === null)
    throw new IstmoError('QUESTION_INVALID', detail('CASE_NOT_STATED'))
  const grounds: Grounds = {
    purpose,
    ...(caseId !== null && { case: caseId }),
    ...(basis.length > 0 && { legalBasis: [...new Set(basis)] }),
  }
  return { grounds: Object.freeze(grounds), groundsRejected: null }
}

/** What a signed question states of its grounds. `caseDigest` is the digest of the case's disclosure. Null if it states no case. */
type StatedGrounds = Pick<VerifiedQuestion, 'purpose' | 'case' | 'caseDigest' | 'basis'>

function findOnlyPurpose(purposes: readonly Purpose[]): Purpose | undefined {
  const different = [...new Set(purposes)]
  return different.length === 1 ? different[0] : undefined
}

/**
 * Checks that a statement only narrows the mandate. It cannot add to it, because nobody has asserted what the mandate does not name. The messages
 * name purposes, which are the contract's. They do not name cases and articles, which are texts from outside.
 */
function checkCovered(mandate: Mandate, statement: Statement): void {
  const { purpose, case: caseId, basis } = statement
  if (purpose !== undefined && !mandate.purposes.includes(purpose)) {
    const values = { stated: purpose, purposes: listPurposes(mandate) }
    throw misused('PURPOSE_NOT_IN_MANDATE', detail('FOREIGN_PURPOSE', values))
  }
  if (caseId !== undefined && caseId !== mandate.case) {
    throw misused('CASE_NOT_IN_MANDATE', detail(mandate.case === undefined ? 'NO_CASE' : 'FOREIGN_CASE'))
  }
  if (basis !== undefined) checkBasis(mandate.legal_basis ?? [], basis)
}

function checkBasis(known: readonly string[], stated: readonly string[]): void {
  const missing = stated.filter((article) => !known.includes(article)).length
  if (missing === 0) return
  const values = { stated: stated.length, missing, has: known.length }
  throw misused('BASIS_NOT_IN_MANDATE', known.length === 0 ? detail('NO_BASIS') : detail('FOREIGN_BASIS', values))
}

/** Lists the purposes of a mandate for messages, each once. */
function listPurposes({ purposes }: Mandate): string {
  return [...new Set(purposes)].join(', ')
}

/** Grounds that the token does not allow. `misuse` says which part of them. */
export class ForeignGroundsError extends IstmoError {
  readonly misuse: Misuse

  constructor(misuse: Misuse, why: Detail) {
    super('MANDATE_NOT_COVERED', why)
    this.misuse = misuse
  }
}

function misused(misuse: Misuse, why: Detail): ForeignGroundsError {
  return new ForeignGroundsError(misuse, why)
}

function withoutGrounds(why: Detail): GroundsResult {
  return { grounds: null, groundsRejected: new IstmoError('MANDATE_NOT_COVERED', why) }
}

/** Reads what the header states. Returns null if no header came. */
function readStatement(headers: readonly string[]): Statement | null {
  const [header, ...others] = headers
  if (header === undefined) return null
  if (others.length > 0) throw new IstmoError('BAD_REQUEST', detail('MANDATE_HEADER_TWICE'))
  const members = readDictionary(header)
  const known = ['purpose', 'case', 'basis']
  if ([...members.keys()].some((key) => !known.includes(key))) {
    throw new IstmoError('BAD_REQUEST', detail('MANDATE_HEADER_KEYS', { keys: known.join(', ') }))
  }
  const purpose = members.get('purpose')
  const caseId = members.get('case')
  const basis = members.get('basis')
  return {
    ...(purpose !== undefined && { purpose: readPurpose(purpose) }),
    ...(caseId !== undefined && { case: readText(toBareItem(caseId), detail('MANDATE_CASE')) }),
    ...(basis !== undefined && { basis: readBasis(basis) }),
  }
}

function readDictionary(header: string): ReadonlyMap<string, Item | InnerList> {
  try {
    return parseDictionary(header)
  } catch (cause) {
    throw new IstmoError('BAD_REQUEST', detail('MANDATE_HEADER_FORM', { example: EXAMPLE }), { cause })
  }
}

function readPurpose(member: Item | InnerList): Purpose {
  const value = toBareItem(member)
  const purpose = PURPOSES.find((name) => value instanceof Token && value.toString() === name)
  if (purpose === undefined) {
    throw new IstmoError('BAD_REQUEST', detail('MANDATE_PURPOSE', { purposes: PURPOSES.join(', ') }))
  }
  return purpose
}

function readBasis(member: Item | InnerList): readonly string[] {
  const expected = detail('MANDATE_BASIS')
  const [value, parameters] = member
  if (!Array.isArray(value)) return [readText(toBareItem(member), expected)]
  if (parameters.size > 0 || value.length === 0) throw new IstmoError('BAD_REQUEST', expected)
  return [...new Set(value.map((item) => readText(toBareItem(item), expected)))]
}

function readText(value: BareItem | null, expected: Detail): string {
  if (typeof value !== 'string' || value === '') throw new IstmoError('BAD_REQUEST', expected)
  return value
}

/** Returns the value of an item without parameters; null for anything else, because no parameter is defined here. */
function toBareItem([value, parameters]: Item | InnerList): BareItem | null {
  return Array.isArray(value) || parameters.size > 0 ? null : value
}
