import type { Purpose } from '../access-token.ts'
import { isCountryCode } from '../country-code.ts'
import { detail } from '../error-details.ts'
import type { QuestionClaims } from './question-statement/claims.ts'
import { resolveOnce, resolvePlainDisclosures } from './question-statement/plain-disclosures.ts'
import { QuestionError, readSignedPart, readSignedPartSoon, type SignedPart } from './question-statement/signed-part.ts'
import { readSdJwt, resolveDisclosures, type SdJwt, SdJwtError, writeSdJwt } from './sd-jwt.ts'

/**
 * What an officer's tool signs about one question (docs/design/trust.md, The question statement). Gateway, authority and nodes verify it with
 * this file.
 */

export { QuestionError } from './question-statement/signed-part.ts'

/** The disclosed country that stands for all countries of the mandate. */
export const ALL_COUNTRIES = '*'

/** How old a statement may be when it first comes, in seconds. */
export const QUESTION_MAX_AGE_S = 60

/** How far clocks may differ, in seconds. */
const CLOCK_TOLERANCE_S = 5

/** How long a statement with its disclosures may be, in characters. */
export const MAX_QUESTION_LENGTH = 131_072

/** What a statement says to whom it was shown. */
export interface VerifiedQuestion {
  readonly jti: string
  /** When it was signed, in seconds since the epoch. */
  readonly iat: number
  /** The gateway's address. */
  readonly aud: string
  /** SHA-256 of the access token, base64url. */
  readonly ath: string
  readonly purpose: Purpose
  readonly basis: readonly string[]
  /** SHA-256 of the document's exact text, base64url. */
  readonly doc: string
  /** The document's operation; null if the statement names none. */
  readonly operation: string | null
  /** The thumbprint of the session's key (RFC 7638). */
  readonly keyThumbprint: string
  /** The record id of the case; null if none is disclosed. */
  readonly case: string | null
  /** The digest of the case's disclosure, also where it is not disclosed; null if the statement states no case. */
  readonly caseDigest: string | null
  /** The disclosed countries: codes, or {@link ALL_COUNTRIES}. */
  readonly countries: readonly string[]
  /** The disclosed variables by name. */
  readonly variables: ReadonlyMap<string, unknown>
  /** How many digests are not disclosed, by what they hide. */
  readonly undisclosed: Readonly<Record<'case' | 'countries' | 'variables', number>>
  /** The signed JWT without disclosures, in compact form. */
  readonly jwt: string
  /** The text of each disclosure, by country and by name. */
  readonly disclosures: {
    readonly case: string | null
    readonly countries: ReadonlyMap<string, string>
    readonly variables: ReadonlyMap<string, string>
  }
}

/** What a statement is checked against. */
export interface QuestionChecks {
  /** Returns milliseconds since the epoch. */
  readonly now: () => number
  /** The gateway's address that `aud` must be. Default: any. */
  readonly audience?: string
  /** How old the statement may be, in seconds. Default: {@link QUESTION_MAX_AGE_S}. */
  readonly maxAgeS?: number
}

/**
 * Verifies a question statement with the disclosures that it was shown with. The signature check is remembered by the hash of the JWT, so that
 * a second set of disclosures of the same question costs only their digests.
 * @throws {QuestionError} for another form, type, algorithm or key; a header that names another key; claims that are missing, unknown or
 * malformed; a signature that does not hold; another audience; a time in the future or too long ago; disclosures that fit nothing.
 */
export function verifyQuestion(text: string, checks: QuestionChecks): VerifiedQuestion {
  try {
    const shown = readShown(text)
    const signed = readSignedPart(shown.jwt)
    checkTimes(signed.claims, checks)
    return readDisclosed(shown, signed, resolvePlainDisclosures)
  } catch (error) {
    throw asQuestionError(error)
  }
}

/**
 * Verifies a question statement as {@link verifyQuestion} does, with the signature on another thread and without remembering it: for a gateway, whose
 * own thread is what limits it, and to which a statement comes once. Rejects where the other function throws.
 */
export async function verifyQuestionSoon(text: string, checks: QuestionChecks): Promise<VerifiedQuestion> {
  try {
    const shown = readShown(text)
    const signed = await readSignedPartSoon(shown.jwt)
    checkTimes(signed.claims, checks)
    return readDisclosed(shown, signed, resolveOnce)
  } catch (error) {
    throw asQuestionError(error)
  }
}

function readShown(text: string): SdJwt {
  if (text.length <= MAX_QUESTION_LENGTH) return readSdJwt(text)
  throw new QuestionError(detail('STATEMENT_LENGTH', { most: MAX_QUESTION_LENGTH, came: text.length }))
}

function asQuestionError(error: unknown): unknown {
  return error instanceof SdJwtError ? new QuestionError(error.message, { cause: error }) : error
}

/**
 * Writes a statement with a part of its disclosures: the country, the case if `withCase`, and the variables that `keeps` keeps.
 * A country that is not disclosed by its code is shown by {@link ALL_COUNTRIES}.
 */
export function showQuestion(
  { jwt, disclosures }: VerifiedQuestion,
  shown: { readonly country: string; readonly withCase: boolean; readonly keeps: (variable: string) => boolean },
): string {
  const country = disclosures.countries.get(shown.country) ?? disclosures.countries.get(ALL_COUNTRIES)
  const kept = [
    shown.withCase ? disclosures.case : null,
    country ?? null,
    ...[...disclosures.variables].map(([name, text]) => (shown.keeps(name) ? text : null)),
  ]
  return writeSdJwt({ jwt, disclosures: kept.filter((text) => text !== null) })
}

function checkTimes(
  { iat, aud }: QuestionClaims,
  { now, audience, maxAgeS = QUESTION_MAX_AGE_S }: QuestionChecks,
): void {
  const age = Math.floor(now() / 1000) - iat
  if (age < -CLOCK_TOLERANCE_S) throw new QuestionError(detail('STATEMENT_FUTURE', { seconds: -age }))
  if (age > maxAgeS) throw new QuestionError(detail('STATEMENT_OLD', { most: maxAgeS, seconds: age }))
  if (audience !== undefined && aud !== audience) throw new QuestionError(detail('STATEMENT_AUDIENCE'))
}

function readDisclosed(
  { jwt, disclosures: shown }: SdJwt,
  { claims, keyThumbprint }: SignedPart,
  resolvePlain: typeof resolvePlainDisclosures,
): VerifiedQuestion {
  const { disclosed, undisclosed } = resolvePlain(claims, shown) ?? resolveDisclosures(claims, shown)
  const countries = new Map<string, string>()
  const variables = new Map<string, unknown>()
  const variableTexts = new Map<string, string>()
  let caseText: string | null = null
  let caseId: string | null = null
  for (const { at, name, value, disclosure } of disclosed) {
    const place = at.join('.')
    if (place === '') {
      caseId = readCase(name, value)
      caseText = disclosure
    } else if (place === 'countries') {
      countries.set(readCountry(value, countries), disclosure)
    } else if (place === 'variables' && name !== null) {
      variables.set(name, value)
      variableTexts.set(name, disclosure)
    } else throw new QuestionError(detail('STATEMENT_NESTED_DIGESTS'))
  }
  const hidden = { case: 0, countries: 0, variables: 0 }
  for (const [place, count] of undisclosed) {
    if (place === '') hidden.case = count
    else if (place === 'countries' || place === 'variables') hidden[place] = count
    else throw new QuestionError(detail('STATEMENT_NESTED_DIGESTS'))
  }
  const { operation = null, aud, iat, jti, ath, purpose, basis, doc } = claims
  return {
    jti,
    iat,
    aud,
    ath,
    purpose,
    basis,
    doc,
    operation,
    keyThumbprint,
    case: caseId,
    jwt,
    caseDigest: claims._sd?.[0] ?? null,
    countries: [...countries.keys()],
    variables,
    undisclosed: hidden,
    disclosures: { case: caseText, countries, variables: variableTexts },
  }
}

function readCase(name: string | null, value: unknown): string {
  if (name === 'case' && typeof value === 'string' && value !== '' && value.length <= 256) return value
  throw new QuestionError(detail('STATEMENT_CASE'))
}

function readCountry(value: unknown, before: ReadonlyMap<string, string>): string {
  const isCode = typeof value === 'string' && (value === ALL_COUNTRIES || isCountryCode(value))
  if (isCode && before.has(value)) throw new QuestionError(detail('STATEMENT_COUNTRY_TWICE'))
  if (isCode) return value
  throw new QuestionError(detail('STATEMENT_COUNTRY'))
}
