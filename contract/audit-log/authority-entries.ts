import { z } from 'zod'
import { ENTRY_ID, LABEL, SHA256, SUSPENSION_ACT, TIME } from './parts.ts'

/**
 * The entries of a mandate authority's log about mandates (docs/design/trust.md, The mandate). `origin` is the log's name. The signed
 * documents themselves are in the content store beside the log, because partners who get an entry as a proof need no more than its hash.
 */

const BASE = { v: z.literal(1), id: ENTRY_ID, time: TIME, origin: LABEL }

/** SHA-256 in base64url: the mandate hash, the thumbprint of a key, the salted hash of a person. */
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

/** Somebody has drafted a mandate. It opens nothing yet. */
export const MANDATE_DRAFT_ENTRY = z.strictObject({ ...BASE, kind: z.literal('mandate-draft'), ...ACT }).readonly()

/** A second person has approved a mandate. From this entry on, it opens what it names; the entry is what its proof proves. */
export const MANDATE_ENTRY = z.strictObject({ ...BASE, kind: z.literal('mandate'), ...ACT }).readonly()

/** Somebody has revoked a mandate, or withdrawn a draft. That is for ever. */
export const MANDATE_REVOCATION_ENTRY = z
  .strictObject({ ...BASE, kind: z.literal('mandate-revocation'), ...ACT })
  .readonly()

/**
 * A person got a salted hash, by which mandates name the person. The salt is in the erasable store under this entry's id. Without it, nobody can find
 * out whose hash it is.
 */
export const PERSON_HASH_ENTRY = z.strictObject({ ...BASE, kind: z.literal('person-hash'), person: DIGEST }).readonly()

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

/** A verified person tried what the rules for mandates do not allow. */
export const MANDATE_REFUSAL_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('mandate-refusal'),
    act: z.enum(['DRAFT', 'APPROVE', 'REVOKE', 'NAME']),
    reason: z.enum(MANDATE_REFUSALS),
    /** Null if the person has no salted hash. */
    person: DIGEST.nullable(),
    /** Null if the document could not be read. */
    mandate: DIGEST.nullable(),
  })
  .readonly()

/**
 * Somebody signed that something is suspended or resumed at this authority. The signed statement is in the content store under `statement`, so that the
 * authority knows after each start what is suspended. `source` is null.
 */
export const AUTHORITY_SUSPENSION_ENTRY = z
  .strictObject({ ...BASE, kind: z.literal('authority-suspension'), ...SUSPENSION_ACT })
  .readonly()

/** The entries of this file, for the union of all entries. */
export const AUTHORITY_ENTRIES = [
  MANDATE_DRAFT_ENTRY,
  MANDATE_ENTRY,
  MANDATE_REVOCATION_ENTRY,
  PERSON_HASH_ENTRY,
  MANDATE_REFUSAL_ENTRY,
  AUTHORITY_SUSPENSION_ENTRY,
] as const
