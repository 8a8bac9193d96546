import { PURPOSES } from '../../access-token.ts'
import { isCountryCode } from '../../country-code.ts'
import { isUuidV7 } from '../../uuid-v7.ts'

/**
 * Checks from which a quick look at an entry is built. Each accepts only what the part of the schema (parts.ts) with the same name accepts. The
 * schema judges whatever they do not accept.
 */

/** Says whether a value that JSON was parsed to is surely of a form. */
export type Check = (value: unknown) => boolean

/** Accepts texts of a form. */
export function text(form: RegExp): Check {
  return (value) => typeof value === 'string' && form.test(value)
}

/** Accepts texts for which the predicate is true. */
export function where(isMeant: (text: string) => boolean): Check {
  return (value) => typeof value === 'string' && isMeant(value)
}

/** Accepts some values. */
export function oneOf(...values: readonly unknown[]): Check {
  return (value) => values.includes(value)
}

/** Accepts null too. */
export function orNull(check: Check): Check {
  return (value) => value === null || check(value)
}

/** Accepts lists whose items are all accepted. */
export function list(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return false
    for (let at = 0; at < value.length; at++) if (!check(value[at])) return false
    return true
  }
}

/** Accepts objects with these members, and perhaps the optional ones, and with no others. */
export function object(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const checks = new Map(Object.entries({ ...required, ...optional }))
  const isOptional = new Set(Object.keys(optional))
  const count = Object.keys(required).length
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const members = value as Readonly<Record<string, unknown>>
    const names = Object.keys(members)
    let missing = count - names.length
    for (let at = 0; at < names.length; at++) {
      const name = names[at] as string
      if (checks.get(name)?.(members[name]) !== true) return false
      if (isOptional.size > 0 && isOptional.has(name)) missing++
    }
    return missing === 0
  }
}

/** Accepts whole numbers from 0 on. */
export const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
/** Accepts whole numbers from 1 on. */
export const number: Check = (value) => count(value) && value !== 0
/** Accepts statuses of HTTP. */
export const status: Check = (value) => count(value) && (value as number) >= 100 && (value as number) <= 599
/** Accepts true and false. */
export const boolean: Check = (value) => typeof value === 'boolean'
/** Accepts ids of entries: UUIDv7 in lower case. */
export const id: Check = where(isUuidV7)
/** Accepts times in UTC with milliseconds. */
export const time: Check = text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
/** Accepts SHA-256 in lower-case hexadecimal digits. */
export const hash: Check = text(/^[0-9a-f]{64}$/)
/** Accepts pseudonyms. */
export const pseudonym: Check = text(/^[1-9]\d*\.[\w-]{43}$/)
/** Accepts labels. Lengths are of UTF-16 units, as the schema counts them. */
export const label: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 200
/** Accepts coordinates of the schema. */
export const coordinate: Check = text(/^[_A-Za-z][\w.():]{0,300}$/)
/** Accepts codes of countries. */
export const country: Check = where(isCountryCode)
/** Accepts codes of errors and outcomes. */
export const code: Check = text(/^[A-Z][A-Z_]{1,49}$/)

/** Accepts callers. */
export const actor: Check = object(
  {
    country: orNull(country),
    agency: orNull(label),
    role: orNull(label),
    scopes: list(label),
    ref: pseudonym,
    client: orNull(label),
    tokenId: orNull(label),
    assurance: orNull(label),
  },
  { tokenHash: hash, statementHash: hash },
)
/** Accepts grounds of requests. */
export const grounds: Check = object({
  taskForce: orNull(label),
  purpose: orNull(oneOf(...PURPOSES)),
  legalBasis: list(label),
  caseRef: orNull(pseudonym),
})
/** Accepts proofs of callers. */
export const callerProof: Check = object({
  authority: label,
  tokenId: label,
  tokenHash: hash,
  mandate: hash,
  question: orNull(hash),
})
