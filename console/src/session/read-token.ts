import { fromBase64Url } from '../../../clients/base64url.ts'
import type { Officer, OfficerMandate } from './session.ts'

type Members = Readonly<Record<string, unknown>>

/** Reads the claims of a JWT, without a check: whoever receives the token checks it. Null if it is not a JWT. */
export function readClaims(token: string): Members | null {
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(token.split('.')[1] ?? '')))
    return isObject(claims) ? claims : null
  } catch {
    return null
  }
}

/**
 * Reads when a token ends, in milliseconds since the epoch by the clock of this machine; null if it does not say so. A token that says when it was issued is
 * counted from the moment at which it was asked for: with a wrong clock, its end would seem to be over at once, or never to come.
 */
export function readEndMs(token: string, askedMs: number): number | null {
  const { iat, exp } = readClaims(token) ?? {}
  if (!isTime(exp)) return null
  return isTime(iat) ? askedMs + (exp - iat) * 1_000 : exp * 1_000
}

/** Reads who an access token is for. `fallback` stands where it says nothing. */
export function readOfficer(claims: Members, fallback: Pick<Officer, 'country' | 'name' | 'subject'>): Officer {
  const org = isObject(claims.org) ? claims.org : {}
  return {
    country: textOr(org.country, fallback.country),
    agency: textOr(org.agency, null),
    role: textOr(org.role, null),
    scopes: readScopes(claims.scope ?? claims.scp),
    name: fallback.name,
    subject: fallback.subject,
  }
}

/** A text with blanks, or a list (docs/design/access.md). */
function readScopes(value: unknown): readonly string[] | null {
  if (value === undefined) return null
  return typeof value === 'string' ? value.split(' ') : textsOf(value)
}

/** Reads the mandate of an access token (RFC 9396); null if it has none. */
export function readTokenMandate(claims: Members): OfficerMandate | null {
  const details = Array.isArray(claims.authorization_details) ? claims.authorization_details : []
  const found = details.find((each): each is Members => isObject(each) && each.type === 'istmo_mandate')
  if (found === undefined) return null
  return {
    hash: textOr(found.hash, null),
    taskForce: textOr(found.task_force, null),
    purposes: textsOf(found.purposes),
    countries: textsOf(found.countries),
    legalBasis: textsOf(found.legal_basis),
    notAfter: textOr(found.not_after, ''),
    caseDigest: textOr(found.case_digest, null),
  }
}

/** Reads one mandate of the authority's list. */
export function readListedMandate(value: unknown): OfficerMandate | null {
  if (!isObject(value) || typeof value.hash !== 'string') return null
  return {
    hash: value.hash,
    taskForce: textOr(value.taskForce, null),
    purposes: textsOf(value.purposes),
    countries: textsOf(value.countries),
    legalBasis: textsOf(value.legalBasis),
    notAfter: textOr(value.notAfter, ''),
    caseDigest: textOr(value.caseDigest, null),
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === 'string' && value !== '' ? value : other
}

/** Whether a value is a moment (RFC 7519, NumericDate). */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
