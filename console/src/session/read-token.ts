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

/** Reads when a token ends, in milliseconds since the epoch; null if it does not say so. */
export function readEndMs(token: string): number | null {
  const exp = readClaims(token)?.exp
  return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1_000 : null
}

/** Reads who an access token is for. `fallback` stands where it says nothing. */
export function readOfficer(claims: Members, fallback: Pick<Officer, 'country' | 'name' | 'subject'>): Officer {
  const org = isObject(claims.org) ? claims.org : {}
  return {
    country: textOr(org.country, fallback.country),
    agency: textOr(org.agency, null),
    role: textOr(org.role, null),
    name: fallback.name,
    subject: fallback.subject,
  }
}

/** Reads the mandate of an access token (RFC 9396); null if it has none. */
export function readTokenMandate(claims: Members): OfficerMandate | null {
  const details = Array.isArray(claims.authorization_details) ? claims.authorization_details : []
  const found = details.find((each): each is Members => isObject(each) && each.type === 'istmo_mandate')
  if (found === undefined) return null
  return {
    ...{ hash: textOr(found.hash, null), taskForce: textOr(found.task_force, null) },
    ...{ purposes: textsOf(found.purposes), countries: textsOf(found.countries) },
    ...{ legalBasis: textsOf(found.legal_basis), notAfter: textOr(found.not_after, '') },
    isOfOneCase: typeof found.case_digest === 'string',
  }
}

/** Reads one mandate of the authority's list. */
export function readListedMandate(value: unknown): OfficerMandate | null {
  if (!isObject(value) || typeof value.hash !== 'string') return null
  return {
    ...{ hash: value.hash, taskForce: textOr(value.taskForce, null) },
    ...{ purposes: textsOf(value.purposes), countries: textsOf(value.countries) },
    ...{ legalBasis: textsOf(value.legalBasis), notAfter: textOr(value.notAfter, '') },
    isOfOneCase: typeof value.caseDigest === 'string',
  }
}

/** Reads the record id in a disclosure `[salt, "case", id]`; null if the text is not one. */
export function readCaseDisclosure(text: string): string | null {
  try {
    const parts: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(text.trim())))
    if (!Array.isArray(parts) || parts.length !== 3 || parts[1] !== 'case') return null
    return typeof parts[2] === 'string' ? parts[2] : null
  } catch {
    return null
  }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []
}

function textOr<Other>(value: unknown, other: Other): string | Other {
  return typeof value === 'string' && value !== '' ? value : other
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
