import { z } from 'zod'
import { DOMAINS } from '../domain.ts'
import {
  ACTOR,
  COORDINATE,
  COUNT,
  COUNTRY,
  DENIAL,
  ENTRY_ID,
  GROUNDS,
  LABEL,
  PSEUDONYM,
  RECONCILED,
  SHA256,
  TIME,
} from './parts.ts'

/**
 * The entries of a national node's log (docs/design/audit-log.md, Receipts). Every one has `v`, `kind`, `id`, `time` and
 * `node`, the log's origin.
 */

const BASE = { v: z.literal(1), id: ENTRY_ID, time: TIME, node: LABEL }

/** The most record refs in one entry (docs/design/audit-log.md, What is not in it). */
export const MAX_REFS = 900

/** The largest leg entry, in bytes: the header `Istmo-Receipt` carries it, and headers are read up to 16 KiB in all. */
export const MAX_LEG_ENTRY_BYTES = 4_096

/** One leg that a gateway sent, answered or refused: written before its answer leaves. The receipt is a proof of this entry. */
export const LEG_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('leg'),
    country: COUNTRY,
    domain: z.enum(DOMAINS),
    /** `iss` of the leg token; null where none held. */
    gateway: LABEL.nullable(),
    /** `jti` of the leg token. */
    tokenId: LABEL.nullable(),
    /** The gateway's entry, by the header `Istmo-Request-Id`; null where that was no UUIDv7. */
    requestId: ENTRY_ID.nullable(),
    /** `ref` and `caseRef` are under the country's own key. Null for an anonymous caller, or where no token held. */
    actor: ACTOR.nullable(),
    grounds: GROUNDS.nullable(),
    /** SHA-256 of the query text in hexadecimal digits. Null where the body was not read. */
    operationHash: SHA256.nullable(),
    /** SHA-256 of the request's body as it came. Null where it was not read. */
    requestHash: SHA256.nullable(),
    /** SHA-256 of the answer's body, before content coding. */
    responseHash: SHA256,
    /** What was asked, each once, sorted, as many as fit; `moreCoordinates` counts the rest, which is in `leg-detail` entries. */
    coordinates: z.array(COORDINATE).readonly(),
    moreCoordinates: COUNT,
    /** SHA-256 of the rules in force, and of the country's policies. */
    access: SHA256.nullable(),
    policySet: SHA256.nullable(),
    result: z
      .strictObject({
        status: z.int().min(100).max(599),
        code: z
          .string()
          .regex(/^[A-Z][A-Z_]{1,49}$/)
          .nullable(),
        denied: z.array(DENIAL).readonly(),
      })
      .readonly(),
    /** How many of its own records the answer names, and SHA-256 of their refs, sorted, each followed by a newline. */
    records: z.strictObject({ count: COUNT, hash: SHA256 }).readonly(),
    /** How many `leg-detail` entries belong to it; they stand before it in the log. */
    details: COUNT,
  })
  .readonly()

/** Record refs of a leg, at most 900 an entry, and coordinates that had no room. Who has the country's key finds its records here. */
export const LEG_DETAIL_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('leg-detail'),
    /** The leg entry's id. */
    of: ENTRY_ID,
    /** From 1 on. */
    part: z.int().min(1),
    /** Pseudonyms of kind `record` of record ids, sorted. */
    refs: z.array(PSEUDONYM).max(MAX_REFS).readonly(),
    coordinates: z.array(COORDINATE).readonly(),
  })
  .readonly()

/** Legs that were refused before a token held: how many of one code in the minute that begins at `minute`. */
export const NODE_REFUSALS_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('node-refusals'),
    country: COUNTRY,
    minute: TIME,
    code: z.string().regex(/^[A-Z][A-Z_]{1,49}$/),
    count: z.int().min(1),
  })
  .readonly()

/** The node began to answer, with the rules and policies of that moment, which are kept beside the log by their hash. */
export const NODE_START_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('node-start'),
    country: COUNTRY,
    domains: z.array(z.enum(DOMAINS)).readonly(),
    access: SHA256,
    policySet: SHA256,
    repairs: z.array(LABEL).readonly(),
  })
  .readonly()

/** The node stopped in order. */
export const NODE_STOP_ENTRY = z.strictObject({ ...BASE, kind: z.literal('node-stop'), country: COUNTRY }).readonly()

/** What came of comparing this log with a gateway's: the counts of the gateway's `reconciliation` entry. */
export const NODE_RECONCILIATION_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('node-reconciliation'),
    ...RECONCILED,
  })
  .readonly()
