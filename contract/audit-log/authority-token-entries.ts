import { z } from 'zod'
import { COUNTRY, ENTRY_ID, LABEL, PSEUDONYM, TIME } from './parts.ts'

/**
 * The entries of a mandate authority's log about the tokens that it gives and refuses (docs/design/trust.md). `origin` is the log's name.
 * The officer is a pseudonym of kind `actor`, under the authority's own key.
 */

const BASE = { v: z.literal(1), id: ENTRY_ID, time: TIME, origin: LABEL }

/** SHA-256 in base64url, as tokens name a mandate and a key (docs/design/trust.md, Who signs what). */
const HASH = z.string().regex(/^[\w-]{43}$/, 'expected SHA-256 in base64url')

const SCOPES = z.array(LABEL).max(256).readonly()

/** Why a token was refused. */
export const TOKEN_REFUSALS = [
  'REQUEST_MALFORMED',
  'CLIENT_UNKNOWN',
  'ASSERTION_INVALID',
  'ASSERTION_REPLAYED',
  'PROOF_INVALID',
  'PROOF_REPLAYED',
  'NONCE_REQUIRED',
  'UNAVAILABLE',
  'GRANT_NOT_SUPPORTED',
  'SUBJECT_TOKEN_INVALID',
  'SUBJECT_TOKEN_OF_OTHER',
  'GRANT_UNKNOWN',
  'AUDIENCE_NOT_ALLOWED',
  'SCOPE_NOT_ALLOWED',
  'KEY_MISSING',
  'CERTIFICATE_MISSING',
  'MANDATE_NONE',
  'MANDATE_AMBIGUOUS',
  'MANDATE_ENDED',
  'QUESTION_MISSING',
  'QUESTION_INVALID',
  'QUESTION_STALE',
  'QUESTION_OF_OTHER',
  'COUNTRY_NOT_DISCLOSED',
  'TOO_OFTEN',
  'SUSPENDED',
] as const
/** One of {@link TOKEN_REFUSALS}. */
export type TokenRefusalReason = (typeof TOKEN_REFUSALS)[number]

/** The authority began to answer. */
export const AUTHORITY_START_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('authority-start'),
    country: COUNTRY,
    version: LABEL,
    /** Thumbprints of the keys in its key set. */
    keys: z.array(HASH).readonly(),
    repairs: z.array(LABEL).readonly(),
  })
  .readonly()

/** The authority stopped normally. */
export const AUTHORITY_STOP_ENTRY = z
  .strictObject({ ...BASE, kind: z.literal('authority-stop'), country: COUNTRY })
  .readonly()

/** Requests for tokens that were refused before the client was known: how many with one reason in the minute that begins at `minute`. */
export const AUTHORITY_REFUSALS_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('authority-refusals'),
    minute: TIME,
    code: z.string().regex(/^[A-Z][A-Z_]{1,49}$/),
    count: z.int().min(1),
  })
  .readonly()

/** An officer's tool got an access token: a grant. Whoever rebuilds the authority's database reads its grants from these entries. */
export const ACCESS_TOKEN_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('access-token'),
    officer: PSEUDONYM,
    /** The login provider that said who the officer is. */
    provider: LABEL,
    agency: LABEL.nullable(),
    role: LABEL.nullable(),
    assurance: LABEL.nullable(),
    /** The tool. */
    client: LABEL,
    /** The gateway that may use the token. */
    gateway: LABEL,
    scopes: SCOPES,
    mandate: HASH,
    /** Whether the token is bound to a key of the tool. */
    isBound: z.boolean(),
    /** The token's `jti`, and when it ends. */
    tokenId: LABEL,
    expires: TIME,
  })
  .readonly()

/** A gateway got a country token for an officer's access token: an exchange. */
export const COUNTRY_TOKEN_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('country-token'),
    /** The officer of the grant. */
    officer: PSEUDONYM,
    /** `jti` of the access token. */
    grant: LABEL,
    gateway: LABEL,
    /** The one country that accepts the token. */
    country: COUNTRY,
    scopes: SCOPES,
    mandate: HASH,
    /** `jti` of the question statement; null for an access token that is not bound to a key. */
    question: LABEL.nullable(),
    tokenId: LABEL,
    expires: TIME,
  })
  .readonly()

/** A known client was refused a token. Members that were not known yet are null. */
export const TOKEN_REFUSAL_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('token-refusal'),
    client: LABEL,
    asked: z.enum(['ACCESS_TOKEN', 'COUNTRY_TOKEN']),
    reason: z.enum(TOKEN_REFUSALS),
    officer: PSEUDONYM.nullable(),
    /** `jti` of the access token. */
    grant: LABEL.nullable(),
    country: COUNTRY.nullable(),
    mandate: HASH.nullable(),
  })
  .readonly()

/** The forms of a file that a tool writes. */
export const EXPORT_FORMATS = ['csv', 'xlsx', 'pdf', 'json'] as const

/** SHA-256 of a file. */
export const FILE_DIGEST = z.string().regex(/^[\da-f]{64}$/, 'expected SHA-256 as 64 hexadecimal digits')

/** How many answers one export may hold. */
export const MAX_EXPORTED_REQUESTS = 200

/**
 * An officer's tool is about to write answers into a file (docs/decisions/0092-an-export-is-an-entry-of-the-officers-authority.md). It is the tool's own word: it
 * says which requests the file is from, and the digest by which the file is recognised. The file has a salt, so that nobody guesses it from the digest.
 */
export const EXPORT_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('export'),
    officer: PSEUDONYM,
    /** `jti` of the access token. */
    grant: LABEL,
    client: LABEL,
    /** The gateway in whose log the requests are. */
    gateway: LABEL,
    mandate: HASH,
    /** The ids of the gateway's entries, `Istmo-Request-Id`. */
    requests: z.array(ENTRY_ID).min(1).max(MAX_EXPORTED_REQUESTS).readonly(),
    format: z.enum(EXPORT_FORMATS),
    /** How many records the file has. */
    rows: z.int().min(0),
    /** SHA-256 of the file in hexadecimal digits, as `sha256sum` prints it. In base64url: only of a salt and the records, as older tools noted. */
    digest: z.union([FILE_DIGEST, HASH]),
  })
  .readonly()

/** The entries of this file, for the union of all entries. */
export const AUTHORITY_TOKEN_ENTRIES = [
  AUTHORITY_START_ENTRY,
  AUTHORITY_STOP_ENTRY,
  AUTHORITY_REFUSALS_ENTRY,
  ACCESS_TOKEN_ENTRY,
  COUNTRY_TOKEN_ENTRY,
  TOKEN_REFUSAL_ENTRY,
  EXPORT_ENTRY,
] as const
