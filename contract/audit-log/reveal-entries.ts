import { z } from 'zod'
import { ENTRY_ID, LABEL, PSEUDONYM, TIME } from './parts.ts'

/**
 * The entries of a mandate authority's log about revealing who an officer is (docs/design/trust.md, Reveal). None of them names anybody: an
 * officer is a ref, and what is under seal opens with two keys and a salt that is not in the log.
 */

const BASE = { v: z.literal(1), id: ENTRY_ID, time: TIME, origin: LABEL }

/** SHA-256 in base64url: the thumbprint of a key, the hash of a request. */
const DIGEST = z.string().regex(/^[\w-]{43}$/, 'expected SHA-256 in base64url')

/** A JWE in compact form (RFC 7516). */
const JWE = z
  .string()
  .max(4_096)
  .regex(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/, 'expected a JWE in compact form')

/** For how many keys of auditors one officer is sealed at most. */
export const MAX_SHARES = 32

/** What is sealed to a key, and the key's thumbprint. */
const SHARE = z.strictObject({ key: DIGEST, share: JWE }).readonly()

/**
 * An officer was put under seal, before the first token of this ref under these keys. The salt is in the erasable store under this entry's id:
 * without it, the seal never opens again.
 */
export const OFFICER_SEAL_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('officer-seal'),
    officer: PSEUDONYM,
    sealed: JWE,
    authority: SHARE,
    auditors: z.array(SHARE).min(1).max(MAX_SHARES).readonly(),
  })
  .readonly()

/** What a request to reveal names: a ref of this log, the `jti` of a token, or the `sub` that a country or gateway sees. */
const ABOUT = z
  .strictObject({ kind: z.enum(['REF', 'TOKEN', 'SUBJECT']), value: LABEL, audience: LABEL.nullable() })
  .readonly()

/** The authority gave its share of a sealed officer to an auditor. */
export const REVEAL_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('reveal'),
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
  })
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

/** A verified person handed in a request that the rules do not allow. What could not be read is null. */
export const REVEAL_REFUSAL_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('reveal-refusal'),
    reason: z.enum(REVEAL_REFUSALS),
    auditor: LABEL.nullable(),
    key: DIGEST.nullable(),
    request: DIGEST.nullable(),
    approver: PSEUDONYM,
  })
  .readonly()

/** The entries of this file, for the union of all entries. */
export const REVEAL_ENTRIES = [OFFICER_SEAL_ENTRY, REVEAL_ENTRY, REVEAL_REFUSAL_ENTRY] as const
