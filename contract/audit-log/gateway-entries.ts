import { z } from 'zod'
import { MISUSES } from '../misuse.ts'
import { REACHES } from '../outcome.ts'
import {
  ACTOR,
  CALLER_PROOF,
  CODE,
  COORDINATE,
  COUNT,
  COUNTRY,
  COUNTS,
  DENIAL,
  ENTRY_ID,
  ERASURE_REASONS,
  entriesOf,
  GROUNDS,
  LABEL,
  OPERATION,
  RECONCILED,
  SHA256,
  SUSPENSION_ACT,
  TIME,
} from './parts.ts'

/** The entries of a gateway's log (docs/design/audit-log.md, Entries). `gateway` is the log's origin. */

/** How many workers a gateway may have. */
export const MAX_WORKERS = 64

/** The valid receipt of a leg: the place of the leg's leaf in the country's log. */
const RECEIPT = z
  .strictObject({
    /** The origin of the country's log. */
    origin: LABEL,
    index: COUNT,
    /** The size of the tree in the receipt's checkpoint. */
    size: COUNT,
    /** The SHA-256 of the checkpoint's text, without signatures. */
    checkpoint: SHA256,
    /** The hash of the leaf: SHA-256(0x00 ‖ the country's entry). */
    leaf: SHA256,
  })
  .readonly()

/** One leg to a country or, if `country` is null, one request to a plain subgraph. Legs are in the order in which they ended. */
export const GATEWAY_LEG = z
  .strictObject({
    country: COUNTRY.nullable(),
    domain: LABEL,
    /** SHA-256 of the country's access document (task forces, policies, SDLs), which is in the content store. Null without a country. */
    access: SHA256.nullable(),
    /** SHA-256 of the country's Cedar policies, which are in the content store. */
    policySet: SHA256.nullable(),
    /** The scopes and policies that the leg's rules require and that the caller has, as the gateway decided. */
    granted: z.strictObject({ scopes: z.array(LABEL).readonly(), policies: z.array(LABEL).readonly() }).readonly(),
    reach: z.enum(REACHES),
    /** The code of the outcome, or null. */
    code: CODE.nullable(),
    /** SHA-256 of the leg token as sent. The country's entry has the same. Absent if the leg was not sent, or needed no token. */
    tokenHash: SHA256.optional(),
    /** The country token that went with it. Null: the leg said nothing of who asks. Absent: by the gateway's word, or it was not sent. */
    caller: CALLER_PROOF.nullable().optional(),
    /** SHA-256 of the query text: the leg token's `op` in hexadecimal digits. Null if the leg was not sent. */
    operationHash: SHA256.nullable(),
    /** Hash of the request's body as sent, under the leg's salt (contract/leg-salt.ts). Null if the leg was not sent. */
    requestHash: SHA256.nullable(),
    /** Hash of the answer's body before content coding, under the leg's salt. Null if the gateway did not read an answer to its end. */
    responseHash: SHA256.nullable(),
    /** How many records the country says that it returned, and the hash of their sorted refs (see `LEG_ENTRY`). Null without a receipt. */
    records: z.strictObject({ count: COUNT, hash: SHA256.nullable() }).readonly().nullable(),
    receipt: RECEIPT.nullable(),
  })
  .readonly()

const CONTINUATION = {
  of: ENTRY_ID,
  /** Counts from 1. */
  part: z.int().min(1),
  coordinates: z.array(COORDINATE).readonly(),
  legs: z.array(GATEWAY_LEG).readonly(),
  denied: z.array(DENIAL).readonly(),
} as const

const START = { version: LABEL, repairs: z.array(LABEL).readonly() } as const

const entry = entriesOf({ gateway: LABEL })

/** All of them. */
export const GATEWAY_ENTRIES = [
  /**
   * One request of a verified caller, or an anonymous request that was answered. The gateway writes it before the answer leaves. Its
   * `id` is the `Istmo-Request-Id`. The entry of an anonymous request is small, because everybody can cause one: it lists no coordinates and no
   * denials, and its legs have only their outcome and the hashes by which they are found in the country's log.
   *
   * Version 2 tells nothing about a single country: its legs and denials are those whose `country` is null, and each country's own stand in
   * continuations of that country. So each country can read this entry. Version 1 lists the legs and denials of all countries.
   */
  entry(
    'request',
    {
      /** The trace that the request belongs to (W3C Trace Context), 32 hexadecimal digits. */
      traceId: z
        .string()
        .regex(/^[0-9a-f]{32}$/)
        .nullable(),
      /** Null for an anonymous request. */
      actor: ACTOR.nullable(),
      grounds: GROUNDS.nullable(),
      operation: OPERATION.nullable(),
      /**
       * The officer's signed question, if the gateway took one. `statement`: hash of the question's salt (contract/leg-salt.ts) followed by the
       * statement as it was signed, without disclosures.
       */
      question: z.strictObject({ statement: SHA256 }).readonly().optional(),
      /** The fields and arguments that the operation requests, each once, sorted. Continuation entries have more of them. */
      coordinates: z.array(COORDINATE).readonly(),
      legs: z.array(GATEWAY_LEG).readonly(),
      /** The fields and arguments that were denied, before the execution and in legs. */
      denied: z.array(DENIAL).readonly(),
      result: z
        .strictObject({
          status: z.int().min(100).max(599),
          /** The codes of the answer's errors, each once, sorted. */
          codes: z.array(CODE).readonly(),
          durationMs: COUNT,
          /** Whether the client disconnected before the answer was ready. */
          isHangup: z.boolean(),
          isDryRun: z.boolean(),
        })
        .readonly(),
      /** How many continuation entries follow. The complete lists are the lists of this entry followed by theirs, in order. */
      continuations: COUNT,
    },
    [1, 2],
  ),
  /**
   * A part of a request's lists. Version 1: what did not fit into the request's entry. Version 2: what belongs to one country, or, if
   * `country` is null, to none and did not fit. All entries of a request are in one commit, the request first and its parts in order behind it.
   */
  z.discriminatedUnion('v', [
    entry('continuation', CONTINUATION),
    entry(
      'continuation',
      {
        ...CONTINUATION,
        /** The country whose legs and denials these are: it was asked, or the caller is its officer. */
        country: COUNTRY.nullable(),
        /** Counts the country's continuations in this log, from 1 without gaps. Null if `country` is null. */
        seq: z.int().min(1).nullable(),
      },
      [2],
    ).refine(
      ({ country, seq }) => (country === null) === (seq === null),
      'expected a country with its seq, or neither',
    ),
  ]),
  /**
   * How many requests were rejected with one code in the minute that begins at `minute`: before the caller was verified, or with an `actor` those
   * of one caller who sent too much. The first of these in a minute have entries of their own, of kind `request`, and are not counted here.
   */
  entry('refusals', {
    /** Absent if the callers were not verified. */
    actor: ACTOR.optional(),
    minute: TIME,
    code: CODE,
    count: z.int().min(1),
  }),
  /**
   * Somebody used a valid token for what it does not allow: with grounds outside its mandate, or without its key. The first of a caller and kind
   * in a minute have entries of their own (`count` is 1); the others of that minute have one together.
   */
  entry('misuse', {
    /** The `Istmo-Request-Id` of the request, the last one if there are several. */
    requestId: ENTRY_ID,
    /** The holder of the token. The sender may be somebody else. */
    actor: ACTOR,
    code: CODE,
    misuse: z.enum(MISUSES),
    count: z.int().min(1),
    since: TIME,
    until: TIME,
  }),
  /**
   * The graph that the gateway serves from now on. It is written at each start, and when the files change. `REFUSED` means that the
   * gateway rejected the present files and continues to serve `graph`. The content store has the files of all hashes.
   */
  entry('graph', {
    graph: SHA256,
    countries: z
      .array(
        z
          .strictObject({
            country: COUNTRY,
            access: SHA256,
            policySet: SHA256,
            /** The domains that the country publishes, sorted. Absent in entries of earlier versions. */
            domains: z.array(LABEL).readonly().optional(),
          })
          .readonly(),
      )
      .readonly(),
    result: z.enum(['SERVED', 'REFUSED']),
    /** The reason for `REFUSED`. */
    code: CODE.nullable(),
  }),
  /**
   * The gateway began to answer. `version` is the gateway's version, and `repairs` lists what was repaired when the log was opened. Version 2
   * has the counts of the entries before it. Logs that number nothing, such as that of the auditors' server, have version 1. Version 3 stands in the log of
   * one of several workers of a gateway: it says which one, and how many there are. Each has a log of its own, so a log that is missing is seen.
   */
  z.discriminatedUnion('v', [
    entry('start', START),
    entry('start', { ...START, counts: COUNTS }, [2]),
    entry(
      'start',
      {
        ...START,
        counts: COUNTS,
        worker: z
          .strictObject({ number: z.int().min(1).max(MAX_WORKERS), of: z.int().min(2).max(MAX_WORKERS) })
          .refine(({ number, of }) => number <= of, 'expected a number up to that of the workers')
          .readonly(),
      },
      [3],
    ),
  ]),
  /** The gateway stopped normally. A start that does not follow a stop came after a crash. Version 2 has the counts, as in a start. */
  z.discriminatedUnion('v', [entry('stop', {}), entry('stop', { counts: COUNTS }, [2])]),
  /**
   * The gateway asks a country for nothing any more, or asks it again. In version 1, the country's file says so (`by` is `SUSPENDED`), or it is
   * wrong (`by` is `CONFIGURATION_INVALID`). In version 2, somebody signed that anything is suspended or resumed.
   */
  z.discriminatedUnion('v', [
    entry('suspension', {
      country: COUNTRY.nullable(),
      domain: LABEL.nullable(),
      action: z.enum(['SUSPENDED', 'RESUMED']),
      by: LABEL.nullable(),
    }),
    entry('suspension', SUSPENSION_ACT, [2]),
  ]),
  /**
   * A country published the SDL of a domain or its policies (`domain` is then `policies`), or somebody published a supergraph (`country` is null,
   * and `domain` is `supergraph`). The gateway writes it when it serves the text for the first time.
   */
  entry('publication', {
    country: COUNTRY.nullable(),
    domain: LABEL,
    /** SHA-256 of the text, which is in the content store: the supergraph's if the country publishes a domain as the supergraph has it. */
    sdl: SHA256,
    result: z.enum(['PUBLISHED', 'REFUSED']),
    code: CODE.nullable(),
  }),
  /** The salt of the entry `erased` was erased, so nobody can open the commitments under it any more. */
  entry('salt-erasure', {
    erased: ENTRY_ID,
    reason: z.enum(ERASURE_REASONS),
  }),
  /** The result of reconciling this log with a country's log. */
  entry('reconciliation', RECONCILED),
  /** The gateway lives, and has written so many continuations of each country. */
  entry('heartbeat', { counts: COUNTS }),
] as const
