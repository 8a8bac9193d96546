import { z } from 'zod'
import type { NotCovered } from '../access/recognition.ts'
import type { DenialKind } from '../access/rule.ts'
import { PURPOSES } from '../access-token.ts'
import { isCountryCode } from '../country-code.ts'
import { SUSPENDED_KINDS } from '../trust/suspended-kinds.ts'
import { isUuidV7 } from '../uuid-v7.ts'

/**
 * The parts from which the entries of an audit log are built (docs/design/audit-log.md, What is not in it). They cannot contain a name, birth
 * date, identifier, variable, token or address.
 */

/**
 * The kinds of denial: a kind of rule, a reason why a country does not recognise a caller, that it does not publish the field, that the field is
 * suspended, or that the officer's signed question does not ask for it.
 */
export const DENIAL_KINDS = [
  ...(['AUTHENTICATED', 'SCOPES', 'POLICY'] as const satisfies readonly DenialKind[]),
  ...(['MANDATE_NOT_COVERED', 'TASK_FORCE_NOT_RECOGNISED'] as const satisfies readonly NotCovered[]),
  'NOT_PUBLISHED',
  'SUSPENDED',
  'NOT_OF_QUESTION',
] as const

/** A UUIDv7 in lower case. */
export const ENTRY_ID = z.string().refine(isUuidV7, 'expected a UUIDv7')

/** SHA-256 in lower-case hexadecimal digits: of files in the content store, bodies and operations. */
export const SHA256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected SHA-256 in hexadecimal digits')

/** A time: RFC 3339 in UTC with milliseconds, such as `2026-11-24T20:15:17.123Z`. */
export const TIME = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'expected a time in UTC')

/** A country code: ISO 3166-1 alpha-2, or UN. */
export const COUNTRY = z.string().refine(isCountryCode, 'expected a country code')

/** A pseudonym (audit/pseudonym): the epoch of the key, a dot, and an HMAC in URL-safe Base 64. */
export const PSEUDONYM = z.string().regex(/^[1-9]\d*\.[\w-]{43}$/, 'expected a pseudonym')

/** A salted commitment (audit/salts): an HMAC in URL-safe Base 64. */
export const COMMITMENT = z.string().regex(/^[\w-]{43}$/, 'expected a commitment')

/** A schema coordinate, such as `Person.birthDate` or `Query.person(id:)`. */
export const COORDINATE = z.string().regex(/^[_A-Za-z][\w.():]{0,300}$/, 'expected a coordinate')

/** A text from a token or the configuration. It is not longer than an id may be. */
export const LABEL = z.string().min(1).max(200)

/** A count. */
export const COUNT = z.int().min(0)

/** The `seq` of each country's last continuation so far, by country code. A country without continuations is not in it. */
export const COUNTS = z.record(COUNTRY, z.int().min(1)).readonly()

/** A code from contract/errors.ts, or the code of an outcome. */
export const CODE = z.string().regex(/^[A-Z][A-Z_]{1,49}$/, 'expected a code')

/** Why something was deleted, or a salt erased. */
export const ERASURE_REASONS = ['RETENTION', 'COURT_ORDER', 'DATA_SUBJECT', 'OTHER'] as const

/**
 * Returns what makes the schema of an entry of one kind.
 * @param owner the member that names the log
 * @returns a function of the kind, of the members besides `v`, `id`, `time`, `kind` and the owner, and of the versions in which it has them.
 */
export function entriesOf<const Owner extends z.ZodRawShape>(owner: Owner) {
  return <const Kind extends string, Members extends z.ZodRawShape, const Version extends number = 1>(
    kind: Kind,
    members: Members,
    versions: readonly Version[] = [1 as Version],
  ) => {
    const base = { v: z.literal(versions), id: ENTRY_ID, time: TIME, ...owner, kind: z.literal(kind) }
    return z.strictObject({ ...base, ...members }).readonly()
  }
}

/** The caller. `ref` is the pseudonym of kind `actor` of the text `issuer subject`, under the key of the log's owner. */
export const ACTOR = z
  .strictObject({
    country: COUNTRY.nullable(),
    agency: LABEL.nullable(),
    role: LABEL.nullable(),
    scopes: z.array(LABEL).readonly(),
    ref: PSEUDONYM,
    client: LABEL.nullable(),
    /** The `jti` of the caller's access token. Null in a country's log if a country token names the caller (`caller` of the leg). */
    tokenId: LABEL.nullable(),
    /** SHA-256 of the caller's access token. A token has so much entropy that nobody can find it from its hash. */
    tokenHash: SHA256.optional(),
    /** SHA-256 of the signed statement with which the caller's country or tool vouches for this question, if it sends one. */
    statementHash: SHA256.optional(),
    /** The token's `acr`. */
    assurance: LABEL.nullable(),
  })
  .readonly()

/**
 * By whose word the caller of a leg is known: the country token that went with it (docs/design/trust.md, The country token). Both sides' entries of
 * a leg have the same. What is the same in every country during a session stands here only under the leg's salt, so that countries that compare
 * their logs learn nothing by it.
 */
export const CALLER_PROOF = z
  .strictObject({
    /** The authority that signed it. */
    authority: LABEL,
    /** The token's `jti`, which the authority's log has too, and the SHA-256 of the token. */
    tokenId: LABEL,
    tokenHash: SHA256,
    /** The mandate's hash, in hexadecimal digits. */
    mandate: SHA256,
    /** Hash of the leg's salt followed by the `jti` of the question statement. Null if there was none, or if the leg had no valid salt. */
    question: SHA256.nullable(),
  })
  .readonly()

/** The grounds of a request. `caseRef` is the pseudonym of kind `case` of the case's record id, under the key of the log's owner. */
export const GROUNDS = z
  .strictObject({
    taskForce: LABEL.nullable(),
    purpose: z.enum(PURPOSES).nullable(),
    legalBasis: z.array(LABEL).readonly(),
    caseRef: PSEUDONYM.nullable(),
  })
  .readonly()

/** The operation of a request. It is null in an entry if the gateway rejected the request before it read the document. */
export const OPERATION = z
  .strictObject({
    name: LABEL.nullable(),
    /** SHA-256 of the document as graphql-js prints it, without comments and without the values and names of its author (`printNormalised`). */
    documentHash: SHA256,
    /** Commitment under the entry's salt to the variables of the request, and to the values and names in the document. */
    variables: COMMITMENT.nullable(),
    /** The cost; null if the gateway does not count costs. */
    cost: COUNT.nullable(),
    /** Whether the normalised document is in the content store under `documentHash`. Absent in entries of version 1. */
    isKept: z.boolean().optional(),
    /** SHA-256 of the supergraph, which is in the content store. */
    graph: SHA256,
  })
  .readonly()

/** A denial: the field or argument, the kind of rule, and the country. Null means that each country that has the field denied it. */
export const DENIAL = z
  .strictObject({
    coordinate: COORDINATE,
    kind: z.enum(DENIAL_KINDS),
    country: COUNTRY.nullable(),
  })
  .readonly()

/**
 * A person at a machine, as the owner of the log knows the person: a staff number, a user name. The text is a label without any check by a
 * third party, and it stands in the log of the person's own office only. `source` says where the label is from: an option of the command, a
 * desk's file, or the user of the operating system.
 */
export const PERSON = z
  .strictObject({ name: LABEL, source: z.enum(['OPTION', 'DESK', 'OS_USER', 'CONSOLE']) })
  .readonly()

/** To whom data or entries go. `name` is the name of an office, never of a person. */
export const RECIPIENT = z
  .strictObject({
    kind: z.enum(['AGENCY', 'COURT', 'OVERSIGHT', 'PARTNER_COUNTRY', 'DATA_SUBJECT', 'OTHER']),
    name: LABEL,
    country: COUNTRY.nullable(),
  })
  .readonly()

/**
 * An act of somebody who suspends or resumes (docs/design/trust.md, Stop), as its signed statement says it. `source`: the country or authority
 * whose feed brought it; null if it came into the process's own folder. `what` is a kind and a value: an agency, the ref of an officer, the hash
 * of a token. `statement`: SHA-256 of the statement's text. The reason is what a person wrote.
 */
export const SUSPENSION_ACT = {
  source: LABEL.nullable(),
  action: z.enum(['SUSPENDED', 'RESUMED']),
  what: z.strictObject({ kind: z.enum(SUSPENDED_KINDS), value: LABEL }).readonly(),
  by: LABEL,
  reason: z.string().min(1).max(500),
  seq: z.int().min(1),
  statement: SHA256,
} as const

/** The approvals of an act that needs a second person: the ids of `approval` entries in the same log. Absent if it needs none. */
export const APPROVALS = { approvals: z.array(ENTRY_ID).max(10).readonly().optional() } as const

/** The result of reconciling a gateway's log with a country's log. Both logs have the same members (docs/design/audit-log.md, Commands). */
export const RECONCILED = {
  /** The origin of the other log. */
  with: LABEL,
  country: COUNTRY,
  /** The sizes of both trees. The command compared the checkpoints of these trees. */
  ownSize: COUNT,
  otherSize: COUNT,
  /** The range of requests that the command compared; absent for all of them. */
  from: TIME.optional(),
  until: TIME.optional(),
  matched: COUNT,
  gatewayOnly: COUNT,
  countryOnly: COUNT,
  hashesDiffer: COUNT,
  /** How many differences of each class there are, also those that were explained before. Classes without any are left out. */
  classes: z.record(LABEL, COUNT).readonly().optional(),
  /** `UNKNOWN`: some legs have no receipt, so the comparison cannot decide. */
  result: z.enum(['HOLDS', 'DOES_NOT_HOLD', 'UNKNOWN']),
} as const
