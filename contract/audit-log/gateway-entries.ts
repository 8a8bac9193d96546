import { z } from 'zod'
import { REACHES } from '../outcome.ts'
import {
  ACTOR,
  COMMITMENT,
  COORDINATE,
  COUNT,
  COUNTRY,
  DENIAL,
  ENTRY_ID,
  GROUNDS,
  LABEL,
  RECONCILED,
  SHA256,
  TIME,
} from './parts.ts'

/**
 * The entries of a gateway's log (docs/design/audit-log.md, Entries). Every one has `v`, `kind`, `id`, `time` and `gateway`,
 * the log's origin.
 */

const BASE = { v: z.literal(1), id: ENTRY_ID, time: TIME, gateway: LABEL }

/** A code of contract/errors.ts or of an outcome. */
const CODE = z.string().regex(/^[A-Z][A-Z_]{1,49}$/, 'expected a code')

/** The receipt of a leg that held: where the leg's leaf stands in the country's log. */
const RECEIPT = z
  .strictObject({
    /** The country's log. */
    origin: LABEL,
    index: COUNT,
    /** Size of the tree whose checkpoint came with the receipt. */
    size: COUNT,
    /** SHA-256 of the checkpoint's text, without signatures. */
    checkpoint: SHA256,
    /** The leaf's hash: SHA-256(0x00 ‖ the country's entry). */
    leaf: SHA256,
  })
  .readonly()

/** One request to one country (or, without one, to a subgraph that no country publishes), in the order in which they ended. */
export const GATEWAY_LEG = z
  .strictObject({
    country: COUNTRY.nullable(),
    domain: LABEL,
    /** SHA-256 of the country's access document, kept beside the log: task forces, policies, SDLs. Null without a country. */
    access: SHA256.nullable(),
    /** SHA-256 of the country's Cedar policies, kept beside the log. */
    policySet: SHA256.nullable(),
    /** The scopes and policies of the caller that the leg's rules need, and that the gateway found granted. */
    granted: z.strictObject({ scopes: z.array(LABEL).readonly(), policies: z.array(LABEL).readonly() }).readonly(),
    reach: z.enum(REACHES),
    /** The outcome's code; null for none. */
    code: CODE.nullable(),
    /** SHA-256 of the query text: the leg token's `op` in hexadecimal digits. Null where the leg was never sent. */
    operationHash: SHA256.nullable(),
    /** SHA-256 of the request's body as sent. Null where the leg was never sent. */
    requestHash: SHA256.nullable(),
    /** SHA-256 of the answer's body, before content coding. Null where none was read to its end. */
    responseHash: SHA256.nullable(),
    /** How many records the country says it gave, and the hash of their sorted refs (see `LEG_ENTRY`). Null without a receipt. */
    records: z.strictObject({ count: COUNT, hash: SHA256 }).readonly().nullable(),
    receipt: RECEIPT.nullable(),
  })
  .readonly()

/** What was asked. Null in an entry where the request was refused before its document was read. */
const OPERATION = z
  .strictObject({
    name: LABEL.nullable(),
    /** SHA-256 of the document as graphql-js prints it, without comments, values in it replaced (`normaliseDocument`). */
    documentHash: SHA256,
    /** Commitment to the variables as they came, and to the values written in the document, under the entry's salt. */
    variables: COMMITMENT.nullable(),
    /** Null where no cost is counted. */
    cost: COUNT.nullable(),
    /** SHA-256 of the supergraph, kept beside the log. */
    graph: SHA256,
  })
  .readonly()

/** One request of a known caller, or an anonymous one that was answered: written before its answer leaves. The `id` is its `Istmo-Request-Id`. */
export const REQUEST_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('request'),
    /** The trace that the request belongs to (W3C Trace Context), 32 hexadecimal digits. */
    traceId: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .nullable(),
    /** Null for an anonymous request. */
    actor: ACTOR.nullable(),
    grounds: GROUNDS.nullable(),
    operation: OPERATION.nullable(),
    /** What the operation asks, fields and arguments, each once, sorted; more in continuation entries. */
    coordinates: z.array(COORDINATE).readonly(),
    legs: z.array(GATEWAY_LEG).readonly(),
    /** Fields and arguments that were denied before anything was asked, and in legs. */
    denied: z.array(DENIAL).readonly(),
    result: z
      .strictObject({
        status: z.int().min(100).max(599),
        /** Codes of the answer's errors, each once, sorted. */
        codes: z.array(CODE).readonly(),
        durationMs: COUNT,
        /** The client had left before the answer was ready. */
        isHangup: z.boolean(),
        isDryRun: z.boolean(),
      })
      .readonly(),
    /** How many continuation entries follow; lists of this entry and theirs, put together in order, are the whole. */
    continuations: COUNT,
  })
  .readonly()

/** The rest of a request's lists that did not fit. */
export const CONTINUATION_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('continuation'),
    of: ENTRY_ID,
    /** From 1 on. */
    part: z.int().min(1),
    coordinates: z.array(COORDINATE).readonly(),
    legs: z.array(GATEWAY_LEG).readonly(),
    denied: z.array(DENIAL).readonly(),
  })
  .readonly()

/** Refusals before a caller was known: how many of one code there were in the minute that begins at `minute`. */
export const REFUSALS_ENTRY = z
  .strictObject({ ...BASE, kind: z.literal('refusals'), minute: TIME, code: CODE, count: z.int().min(1) })
  .readonly()

/**
 * What is served from now on: at each start, and whenever the files change. REFUSED: files of the moment are not served, and `graph` goes on.
 * All hashes are of files kept beside the log.
 */
export const GRAPH_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('graph'),
    graph: SHA256,
    countries: z.array(z.strictObject({ country: COUNTRY, access: SHA256, policySet: SHA256 }).readonly()).readonly(),
    result: z.enum(['SERVED', 'REFUSED']),
    /** Why it is refused. */
    code: CODE.nullable(),
  })
  .readonly()

/** The gateway began to answer. `version`: its own; `repairs`: what the log put right on opening. */
export const START_ENTRY = z
  .strictObject({ ...BASE, kind: z.literal('start'), version: LABEL, repairs: z.array(LABEL).readonly() })
  .readonly()

/** The gateway stopped in order. A start without a stop before it followed a crash. */
export const STOP_ENTRY = z.strictObject({ ...BASE, kind: z.literal('stop') }).readonly()

/** A kill switch was thrown or taken back: a country, one domain of it, or (country null) everything. `by`: a pseudonym, or a name of the configuration. */
export const SUSPENSION_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('suspension'),
    country: COUNTRY.nullable(),
    domain: LABEL.nullable(),
    action: z.enum(['SUSPENDED', 'RESUMED']),
    by: LABEL.nullable(),
  })
  .readonly()

/** A country published a schema, or tried to. */
export const PUBLICATION_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('publication'),
    country: COUNTRY.nullable(),
    domain: LABEL,
    /** SHA-256 of the SDL, kept beside the log. */
    sdl: SHA256,
    result: z.enum(['PUBLISHED', 'REFUSED']),
    code: CODE.nullable(),
  })
  .readonly()

/** The salt of the entry `erased` was erased; what was committed to under it can be shown no more. `reason` is one of a short list. */
export const SALT_ERASURE_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('salt-erasure'),
    erased: ENTRY_ID,
    reason: z.enum(['RETENTION', 'COURT_ORDER', 'DATA_SUBJECT', 'OTHER']),
  })
  .readonly()

/** Somebody read the record: by `/audit/graphql` with a token, or by a command on the machine (`actor` null). */
export const OVERSIGHT_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('oversight'),
    channel: z.enum(['GRAPHQL', 'EXPORT', 'SEARCH', 'WHO_SAW', 'WAS_ALLOWED']),
    actor: ACTOR.nullable(),
    grounds: GROUNDS.nullable(),
    /** Whose entries could be seen; null for all. */
    country: COUNTRY.nullable(),
    operation: OPERATION.nullable(),
    /** How many entries were shown. */
    entries: COUNT,
  })
  .readonly()

/** What came of comparing this log with another one. */
export const RECONCILIATION_ENTRY = z
  .strictObject({
    ...BASE,
    kind: z.literal('reconciliation'),
    ...RECONCILED,
  })
  .readonly()
