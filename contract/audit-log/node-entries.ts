import { z } from 'zod'
import { DOMAINS } from '../domain.ts'
import {
  ACTOR,
  CALLER_PROOF,
  CODE,
  COORDINATE,
  COUNT,
  COUNTRY,
  DENIAL,
  ENTRY_ID,
  entriesOf,
  GROUNDS,
  LABEL,
  PSEUDONYM,
  RECONCILED,
  SHA256,
  SUSPENSION_ACT,
  TIME,
} from './parts.ts'

/** The entries of a national node's log (docs/design/audit-log.md, Receipts). `node` is the log's origin. */

/** The most record refs in one entry (docs/design/audit-log.md, What is not in it). */
export const MAX_REFS = 900

/** The largest leg entry, in bytes. The header `Istmo-Receipt` carries it, and all headers together may have 16 KiB. */
export const MAX_LEG_ENTRY_BYTES = 4_096

const START = {
  country: COUNTRY,
  domains: z.array(z.enum(DOMAINS)).readonly(),
  access: SHA256,
  policySet: SHA256,
  repairs: z.array(LABEL).readonly(),
} as const

const entry = entriesOf({ node: LABEL })

/** All of them. */
export const NODE_ENTRIES = [
  /** One leg from a gateway, answered or rejected. The node writes it before its answer leaves. The receipt proves this entry. */
  entry(
    'leg',
    {
      country: COUNTRY,
      domain: z.enum(DOMAINS),
      /** `iss` of the leg token; null if there was no valid token. */
      gateway: LABEL.nullable(),
      /** `jti` of the leg token. */
      tokenId: LABEL.nullable(),
      /** SHA-256 of the leg token as received. The gateway's leg has the same. */
      tokenHash: SHA256.optional(),
      /** The id of the gateway's entry, from the header `Istmo-Request-Id`; null if that was not a UUIDv7. */
      requestId: ENTRY_ID.nullable(),
      /** `ref` and `caseRef` are under the country's own key. Null for an anonymous caller, or if there was no valid token. */
      actor: ACTOR.nullable(),
      grounds: GROUNDS.nullable(),
      /** Absent if only the gateway vouches for the caller, if nobody asks, or if the node did not believe the caller. */
      caller: CALLER_PROOF.optional(),
      /**
       * Hash of the leg's salt followed by the officer's question statement as it was signed, without disclosures. Absent if the leg came with none;
       * null if the leg had no valid salt.
       */
      statement: SHA256.nullable().optional(),
      /** SHA-256 of the query text in hexadecimal digits. Null if the body was not read. */
      operationHash: SHA256.nullable(),
      /** Hash of the request's body as received. Null if it was not read, or if the leg had no valid salt of its own. */
      requestHash: SHA256.nullable(),
      /** Hash of the answer's body, before content coding. Null if the leg had no valid salt of its own. */
      responseHash: SHA256.nullable(),
      /** The requested fields and arguments, each once, sorted, as many as fit. `moreCoordinates` counts those in `leg-detail` entries. */
      coordinates: z.array(COORDINATE).readonly(),
      moreCoordinates: COUNT,
      /** SHA-256 of the rules in force; `policySet` is that of the country's policies. */
      access: SHA256.nullable(),
      policySet: SHA256.nullable(),
      result: z
        .strictObject({
          status: z.int().min(100).max(599),
          code: CODE.nullable(),
          denied: z.array(DENIAL).readonly(),
        })
        .readonly(),
      /**
       * How many of the country's own records the answer names, and the hash of their sorted refs, each followed by a newline. The hash is null if
       * the leg had no valid salt of its own; such a leg gets no record.
       */
      records: z.strictObject({ count: COUNT, hash: SHA256.nullable() }).readonly(),
      /** How many `leg-detail` entries belong to it. They precede it in the log. */
      details: COUNT,
    },
    /**
     * In version 2, the hashes of the bodies and of the records are of the leg's salt followed by the bytes (contract/leg-salt.ts). In version 1
     * they had no salt.
     */
    [1, 2],
  ),
  /** Record refs of a leg, at most 900 in one entry, and coordinates that did not fit. The country's key is needed to find a record here. */
  entry('leg-detail', {
    /** The id of the leg entry. */
    of: ENTRY_ID,
    /** Counts from 1. */
    part: z.int().min(1),
    /** Pseudonyms of kind `record` of record ids, sorted. */
    refs: z.array(PSEUDONYM).max(MAX_REFS).readonly(),
    coordinates: z.array(COORDINATE).readonly(),
  }),
  /** Legs that the node rejected before it had verified a token: how many with one code in the minute that begins at `minute`. */
  entry('node-refusals', {
    country: COUNTRY,
    minute: TIME,
    code: CODE,
    count: z.int().min(1),
  }),
  /**
   * The node began to answer with these rules and policies. The content store has them under their hashes. Version 2 has the pseudonym of the country itself, under
   * the key of refs of the time: by it, whoever looks for a record knows that a file of keys is that of this log.
   */
  z.discriminatedUnion('v', [entry('node-start', START), entry('node-start', { ...START, keyCheck: PSEUDONYM }, [2])]),
  /** The node read its country's file again, and decides by these rules and policies from now on. */
  entry('node-rules', { country: COUNTRY, access: SHA256, policySet: SHA256 }),
  /** Somebody signed that something is suspended or resumed at this node. */
  entry('node-suspension', { country: COUNTRY, ...SUSPENSION_ACT }),
  /** The node stopped normally. */
  entry('node-stop', { country: COUNTRY }),
  /** The result of reconciling this log with a gateway's log. It has the same counts as the gateway's `reconciliation` entry. */
  entry('node-reconciliation', RECONCILED),
  /** The node lives. */
  entry('node-heartbeat', { country: COUNTRY }),
] as const
