import { z } from 'zod'
import type { NotCovered } from '../access/recognition.ts'
import type { DenialKind } from '../access/rule.ts'
import { PURPOSES } from '../access-token.ts'
import { isCountryCode } from '../country-code.ts'
import { isUuidV7 } from '../uuid-v7.ts'

/**
 * What the entries of an audit log are made of (docs/design/audit-log.md, What is not in it). No name, birth date, identifier,
 * variable, token or address fits in.
 */

/** Kinds of rules, and why a country hears nobody of a caller or has no such field. */
const DENIAL_KINDS = [
  ...(['AUTHENTICATED', 'SCOPES', 'POLICY'] as const satisfies readonly DenialKind[]),
  ...(['MANDATE_NOT_COVERED', 'TASK_FORCE_NOT_RECOGNISED'] as const satisfies readonly NotCovered[]),
  'NOT_PUBLISHED',
] as const

/** A UUIDv7 in lower case. */
export const ENTRY_ID = z.string().refine(isUuidV7, 'expected a UUIDv7')

/** SHA-256 in lower hexadecimal digits: of files that are kept beside the log by it, and of bodies and operations. */
export const SHA256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected SHA-256 in hexadecimal digits')

/** RFC 3339 in UTC with milliseconds, as `2026-11-24T20:15:17.123Z`. */
export const TIME = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'expected a time in UTC')

/** ISO 3166-1 alpha-2, or UN. */
export const COUNTRY = z.string().refine(isCountryCode, 'expected a country code')

/** A pseudonym (audit/pseudonym): the key's epoch, a dot, an HMAC in Base 64 for URLs. */
export const PSEUDONYM = z.string().regex(/^[1-9]\d*\.[\w-]{43}$/, 'expected a pseudonym')

/** A salted commitment (audit/salts): an HMAC in Base 64 for URLs. */
export const COMMITMENT = z.string().regex(/^[\w-]{43}$/, 'expected a commitment')

/** A schema coordinate, as `Person.birthDate` or `Query.person(id:)`. */
export const COORDINATE = z.string().regex(/^[_A-Za-z][\w.():]{0,300}$/, 'expected a coordinate')

/** A text that a token or the configuration gives, no longer than what could be an id. */
export const LABEL = z.string().min(1).max(200)

/** A count of things. */
export const COUNT = z.int().min(0)

/** Who asks. `ref` is a pseudonym of kind `actor` of `issuer subject`, under the key of the one who wrote the entry. */
export const ACTOR = z
  .strictObject({
    country: COUNTRY.nullable(),
    agency: LABEL.nullable(),
    role: LABEL.nullable(),
    scopes: z.array(LABEL).readonly(),
    ref: PSEUDONYM,
    client: LABEL.nullable(),
    /** The token's `jti`. */
    tokenId: LABEL.nullable(),
    /** The token's `acr`. */
    assurance: LABEL.nullable(),
  })
  .readonly()

/** On which grounds. `caseRef` is a pseudonym of kind `case` of the case's record id, under the key of the one who wrote the entry. */
export const GROUNDS = z
  .strictObject({
    taskForce: LABEL.nullable(),
    purpose: z.enum(PURPOSES).nullable(),
    legalBasis: z.array(LABEL).readonly(),
    caseRef: PSEUDONYM.nullable(),
  })
  .readonly()

/** What was denied: which field or argument, by which kind of rule, and by which country (null: by all that could give it). */
export const DENIAL = z
  .strictObject({
    coordinate: COORDINATE,
    kind: z.enum(DENIAL_KINDS),
    country: COUNTRY.nullable(),
  })
  .readonly()

/** What a comparison of a gateway's log with a country's found: the same in either log (docs/design/audit-log.md, Commands). */
export const RECONCILED = {
  /** The other log's origin. */
  with: LABEL,
  country: COUNTRY,
  /** Sizes of both trees, whose checkpoints were compared. */
  ownSize: COUNT,
  otherSize: COUNT,
  matched: COUNT,
  gatewayOnly: COUNT,
  countryOnly: COUNT,
  hashesDiffer: COUNT,
  /** `UNKNOWN`: legs without a receipt, of which nothing can be told. */
  result: z.enum(['HOLDS', 'DOES_NOT_HOLD', 'UNKNOWN']),
} as const
