/** The grounds of a request: the part of the token's mandate that the header `Istmo-Mandate` states (docs/design/access.md, The mandate). */
import { type BareItem, type InnerList, type Item, parseDictionary, Token } from 'structured-headers'
import { type Grounds, type Mandate, PURPOSES, type Purpose } from '../../contract/access-token.ts'
import { IstmoError } from '../../contract/errors.ts'
import { isLastDayOver } from '../../contract/last-day.ts'
import type { Misuse } from '../../contract/misuse.ts'

const EXPECTED_FORM =
  'expected `Istmo-Mandate` to be a dictionary (RFC 9651) such as `purpose=INVESTIGATION, case="GT:1", basis="UN:XVIII-12#27"`'

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
 * @param nowMs milliseconds since the epoch. A mandate is valid until the end of its `not_after` day, 24:00 UTC.
 * @throws {IstmoError} `BAD_REQUEST` for a header of another form; a {@link ForeignGroundsError} for grounds that the mandate does not name.
 */
export function groundsOf(mandate: Mandate | undefined, headers: readonly string[], nowMs: number): GroundsResult {
  const statement = readStatement(headers)
  if (mandate === undefined) {
    if (statement === null) return { grounds: null, groundsRejected: null }
    throw misused('TOKEN_WITHOUT_MANDATE', '`Istmo-Mandate` states grounds, and the token has no mandate')
  }
  // Public law needs no mandate. So a mandate that has ended only denies the fields with a rule, and does not reject the request.
  if (isLastDayOver(mandate.not_after, nowMs)) return withoutGrounds('the mandate has ended')
  const purpose = statement?.purpose ?? findOnlyPurpose(mandate.purposes)
  checkCovered(mandate, statement ?? {})
  if (purpose === undefined)
    return withoutGrounds('the mandate leaves a choice of purpose; state one in `Istmo-Mandate`')
  const caseId = statement?.case ?? mandate.case
  const legalBasis = statement?.basis ?? mandate.legal_basis
  const grounds: Grounds = {
    purpose,
    ...(caseId !== undefined && { case: caseId }),
    ...(legalBasis !== undefined && { legalBasis }),
  }
  return { grounds: Object.freeze(grounds), groundsRejected: null }
}

function findOnlyPurpose(purposes: readonly Purpose[]): Purpose | undefined {
  const different = [...new Set(purposes)]
  return different.length === 1 ? different[0] : undefined
}

/** Checks that a statement only narrows the mandate. It cannot add to it, because nobody has asserted what the mandate does not name. */
function checkCovered(mandate: Mandate, statement: Statement): void {
  if (statement.purpose !== undefined && !mandate.purposes.includes(statement.purpose)) {
    throw misused('PURPOSE_NOT_IN_MANDATE', 'its purposes do not include the one that `Istmo-Mandate` states')
  }
  if (statement.case !== undefined && statement.case !== mandate.case) {
    throw misused('CASE_NOT_IN_MANDATE', 'it does not name the case that `Istmo-Mandate` states')
  }
  if (statement.basis?.some((article) => !mandate.legal_basis?.includes(article))) {
    throw misused('BASIS_NOT_IN_MANDATE', 'its legal basis does not include all that `Istmo-Mandate` states')
  }
}

/** Grounds that the token does not allow. `misuse` says which part of them. */
export class ForeignGroundsError extends IstmoError {
  readonly misuse: Misuse

  constructor(misuse: Misuse, detail: string) {
    super('MANDATE_NOT_COVERED', detail)
    this.misuse = misuse
  }
}

function misused(misuse: Misuse, detail: string): ForeignGroundsError {
  return new ForeignGroundsError(misuse, detail)
}

function withoutGrounds(detail: string): GroundsResult {
  return { grounds: null, groundsRejected: new IstmoError('MANDATE_NOT_COVERED', detail) }
}

/** Reads what the header states. Returns null if no header came. */
function readStatement(headers: readonly string[]): Statement | null {
  const [header, ...others] = headers
  if (header === undefined) return null
  if (others.length > 0) throw new IstmoError('BAD_REQUEST', 'expected one `Istmo-Mandate` header; came several')
  const members = readDictionary(header)
  const known = ['purpose', 'case', 'basis']
  if ([...members.keys()].some((key) => !known.includes(key))) {
    throw new IstmoError('BAD_REQUEST', `expected \`Istmo-Mandate\` to have only the keys ${known.join(', ')}`)
  }
  const purpose = members.get('purpose')
  const caseId = members.get('case')
  const basis = members.get('basis')
  return {
    ...(purpose !== undefined && { purpose: readPurpose(purpose) }),
    ...(caseId !== undefined && { case: readText(toBareItem(caseId), 'case', 'a string') }),
    ...(basis !== undefined && { basis: readBasis(basis) }),
  }
}

function readDictionary(header: string): ReadonlyMap<string, Item | InnerList> {
  try {
    return parseDictionary(header)
  } catch (cause) {
    throw new IstmoError('BAD_REQUEST', EXPECTED_FORM, { cause })
  }
}

function readPurpose(member: Item | InnerList): Purpose {
  const value = toBareItem(member)
  const purpose = PURPOSES.find((name) => value instanceof Token && value.toString() === name)
  if (purpose === undefined) throw wrongMember('purpose', `a token, one of ${PURPOSES.join(', ')}`)
  return purpose
}

function readBasis(member: Item | InnerList): readonly string[] {
  const expected = 'a string or an inner list of strings'
  const [value, parameters] = member
  if (!Array.isArray(value)) return [readText(toBareItem(member), 'basis', expected)]
  if (parameters.size > 0 || value.length === 0) throw wrongMember('basis', expected)
  return [...new Set(value.map((item) => readText(toBareItem(item), 'basis', expected)))]
}

function readText(value: BareItem | null, key: string, expected: string): string {
  if (typeof value !== 'string' || value === '') throw wrongMember(key, expected)
  return value
}

/** Returns the value of an item without parameters; null for anything else, because no parameter is defined here. */
function toBareItem([value, parameters]: Item | InnerList): BareItem | null {
  return Array.isArray(value) || parameters.size > 0 ? null : value
}

function wrongMember(key: string, expected: string): IstmoError {
  return new IstmoError('BAD_REQUEST', `expected \`${key}\` of \`Istmo-Mandate\` to be ${expected}`)
}
