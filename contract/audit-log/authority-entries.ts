import { z } from 'zod'
import { CODE, COUNTRY, ENTRY_ID, entriesOf, LABEL, PSEUDONYM, SHA256, SUSPENSION_ACT, TIME } from './parts.ts'

/**
 * The entries of a mandate authority's log: about mandates (docs/design/trust.md, The mandate), about the tokens that it gives and refuses, and
 * about revealing who an officer is (docs/design/trust.md, Reveal). The signed documents themselves are in the content store beside the log, because
 * partners who get an entry as a proof need no more than its hash. An officer is a pseudonym of kind `actor`, under the authority's own key. No
 * entry names anybody: what is under seal opens with two keys and a salt that is not in the log.
 */

/** SHA-256 in base64url: the mandate hash, the thumbprint of a key, the salted hash of a person, the hash of a request. */
const DIGEST = z.string().regex(/^[\w-]{43}$/, 'expected SHA-256 in base64url')

/** What each entry about a signed document says. */
const ACT = {
  /** The mandate hash. */
  mandate: DIGEST,
  /** SHA-256 of the signed document's text (a JWS in JSON), which is in the content store. */
  document: SHA256,
  /** The salted hash of the person who acted, and the thumbprint of the person's key. */
  person: DIGEST,
  key: DIGEST,
} as const

/** Why an act on mandates was refused. */
export const MANDATE_REFUSALS = [
  'DOCUMENT_INVALID',
  'NOT_OF_THIS_AUTHORITY',
  'NOT_ALLOWED',
  'NOT_THE_PERSON_NAMED',
  'NAMED_IN_MANDATE',
  'SAME_PERSON',
  'KEY_OF_OTHER',
  'KEY_SUSPENDED',
  'PERSON_UNKNOWN',
  'ID_TAKEN',
  'MANDATE_UNKNOWN',
  'NOT_DRAFTED',
  'REVOKED',
  'OVER',
  'ISSUED_AT_OTHER_TIME',
  'TOO_MANY_DRAFTS',
] as const

/** One of {@link MANDATE_REFUSALS}. */
export type MandateRefusal = (typeof MANDATE_REFUSALS)[number]

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

/** The forms of a file that a tool writes. */
export const EXPORT_FORMATS = ['csv', 'xlsx', 'pdf', 'json'] as const

/** SHA-256 of a file. */
export const FILE_DIGEST = z.string().regex(/^[\da-f]{64}$/, 'expected SHA-256 as 64 hexadecimal digits')

/** How many answers one export may hold. */
export const MAX_EXPORTED_REQUESTS = 200

/** A JWE in compact form (RFC 7516). */
const JWE = z
  .string()
  .max(4_096)
  .regex(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/, 'expected a JWE in compact form')

/** For how many keys of auditors one officer is sealed at most. */
export const MAX_SHARES = 32

/** What is sealed to a key, and the key's thumbprint. */
const SHARE = z.strictObject({ key: DIGEST, share: JWE }).readonly()

/** What a request to reveal names: a ref of this log, the `jti` of a token, or the `sub` that a country or gateway sees. */
const ABOUT = z
  .strictObject({ kind: z.enum(['REF', 'TOKEN', 'SUBJECT']), value: LABEL, audience: LABEL.nullable() })
  .readonly()

/** Why a request to reveal was refused. */
export const REVEAL_REFUSALS = [
  'REQUEST_INVALID',
  'KEY_NOT_PINNED',
  'KEY_SUSPENDED',
  'NOT_OF_THIS_AUTHORITY',
  'NOT_ALLOWED',
  'APPROVER_IS_OFFICER',
  'REQUEST_STALE',
  'OFFICER_UNKNOWN',
  'NOT_SEALED',
  'SEAL_ERASED',
] as const

/** One of {@link REVEAL_REFUSALS}. */
export type RevealRefusal = (typeof REVEAL_REFUSALS)[number]

/** `origin` is the log's name. */
const entry = entriesOf({ origin: LABEL })

/** All of them. */
export const AUTHORITY_ENTRIES = [
  /** Somebody has drafted a mandate. It opens nothing yet. */
  entry('mandate-draft', ACT),
  /** A second person has approved a mandate. From this entry on, it opens what it names; the entry is what its proof proves. */
  entry('mandate', ACT),
  /** Somebody has revoked a mandate, or withdrawn a draft. That is for ever. */
  entry('mandate-revocation', ACT),
  /**
   * A person got a salted hash, by which mandates name the person. The salt is in the erasable store under this entry's id. Without it, nobody can find
   * out whose hash it is.
   */
  entry('person-hash', { person: DIGEST }),
  /** A verified person tried what the rules for mandates do not allow. */
  entry('mandate-refusal', {
    act: z.enum(['DRAFT', 'APPROVE', 'REVOKE', 'NAME']),
    reason: z.enum(MANDATE_REFUSALS),
    /** Null if the person has no salted hash. */
    person: DIGEST.nullable(),
    /** Null if the document could not be read. */
    mandate: DIGEST.nullable(),
  }),
  /**
   * Somebody signed that something is suspended or resumed at this authority. The signed statement is in the content store under `statement`, so that the
   * authority knows after each start what is suspended. `source` is null.
   */
  entry('authority-suspension', SUSPENSION_ACT),
  /** The authority began to answer. */
  entry('authority-start', {
    country: COUNTRY,
    version: LABEL,
    /** Thumbprints of the keys in its key set. */
    keys: z.array(DIGEST).readonly(),
    repairs: z.array(LABEL).readonly(),
  }),
  /** The authority stopped normally. */
  entry('authority-stop', { country: COUNTRY }),
  /** Requests for tokens that were refused before the client was known: how many with one reason in the minute that begins at `minute`. */
  entry('authority-refusals', {
    minute: TIME,
    code: CODE,
    count: z.int().min(1),
  }),
  /** An officer's tool got an access token: a grant. Whoever rebuilds the authority's database reads its grants from these entries. */
  entry('access-token', {
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
    mandate: DIGEST,
    /** Whether the token is bound to a key of the tool. */
    isBound: z.boolean(),
    /** The token's `jti`, and when it ends. */
    tokenId: LABEL,
    expires: TIME,
  }),
  /** A gateway got a country token for an officer's access token: an exchange. */
  entry('country-token', {
    /** The officer of the grant. */
    officer: PSEUDONYM,
    /** `jti` of the access token. */
    grant: LABEL,
    gateway: LABEL,
    /** The one country that accepts the token. */
    country: COUNTRY,
    scopes: SCOPES,
    mandate: DIGEST,
    /** `jti` of the question statement; null for an access token that is not bound to a key. */
    question: LABEL.nullable(),
    tokenId: LABEL,
    expires: TIME,
  }),
  /** A known client was refused a token. Members that were not known yet are null. */
  entry('token-refusal', {
    client: LABEL,
    asked: z.enum(['ACCESS_TOKEN', 'COUNTRY_TOKEN']),
    reason: z.enum(TOKEN_REFUSALS),
    officer: PSEUDONYM.nullable(),
    /** `jti` of the access token. */
    grant: LABEL.nullable(),
    country: COUNTRY.nullable(),
    mandate: DIGEST.nullable(),
  }),
  /**
   * An officer's tool is about to write answers into a file (docs/decisions/0092-an-export-is-an-entry-of-the-officers-authority.md). It is the tool's own word: it
   * says which requests the file is from, and the digest by which the file is recognised. The file has a salt, so that nobody guesses it from the digest.
   */
  entry('export', {
    officer: PSEUDONYM,
    /** `jti` of the access token. */
    grant: LABEL,
    client: LABEL,
    /** The gateway in whose log the requests are. */
    gateway: LABEL,
    mandate: DIGEST,
    /** The ids of the gateway's entries, `Istmo-Request-Id`. */
    requests: z.array(ENTRY_ID).min(1).max(MAX_EXPORTED_REQUESTS).readonly(),
    format: z.enum(EXPORT_FORMATS),
    /** How many records the file has. */
    rows: z.int().min(0),
    /** SHA-256 of the file in hexadecimal digits, as `sha256sum` prints it. In base64url: only of a salt and the records, as older tools noted. */
    digest: z.union([FILE_DIGEST, DIGEST]),
  }),
  /**
   * An officer was put under seal, before the first token of this ref under these keys. The salt is in the erasable store under this entry's id:
   * without it, the seal never opens again.
   */
  entry('officer-seal', {
    officer: PSEUDONYM,
    sealed: JWE,
    authority: SHARE,
    auditors: z.array(SHARE).min(1).max(MAX_SHARES).readonly(),
  }),
  /** The authority gave its share of a sealed officer to an auditor. */
  entry('reveal', {
    officer: PSEUDONYM,
    /** The id of the `officer-seal` entry. */
    seal: ENTRY_ID,
    about: ABOUT,
    /** The auditor, as the settings name the keys, and the thumbprint of the key that signed the request. */
    auditor: LABEL,
    key: DIGEST,
    /** The hash of the request. */
    request: DIGEST,
    reason: LABEL,
    /** The ref of the person who approved it. */
    approver: PSEUDONYM,
  }),
  /** A verified person handed in a request that the rules do not allow. What could not be read is null. */
  entry('reveal-refusal', {
    reason: z.enum(REVEAL_REFUSALS),
    auditor: LABEL.nullable(),
    key: DIGEST.nullable(),
    request: DIGEST.nullable(),
    approver: PSEUDONYM,
  }),
] as const
