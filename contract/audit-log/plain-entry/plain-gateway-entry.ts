import type { z } from 'zod'
import { REACHES } from '../../outcome.ts'
import type { CONTINUATION_ENTRY, REQUEST_ENTRY } from '../gateway-entries.ts'
import { DENIAL_KINDS } from '../parts.ts'
import {
  actor,
  boolean,
  callerProof,
  code,
  coordinate,
  count,
  country,
  grounds,
  hash,
  id,
  label,
  list,
  number,
  object,
  oneOf,
  orNull,
  status,
  text,
  time,
} from './checks.ts'

/**
 * A quick look at the entry of a request and at its continuations, because a gateway's log consists of them and whoever reads the log reads each one.
 * It accepts only what the schema of entries (gateway-entries.ts) accepts, and the schema judges whatever it does not accept.
 */

const leg = object(
  {
    country: orNull(country),
    domain: label,
    access: orNull(hash),
    policySet: orNull(hash),
    granted: object({ scopes: list(label), policies: list(label) }),
    reach: oneOf(...REACHES),
    code: orNull(code),
    operationHash: orNull(hash),
    requestHash: orNull(hash),
    responseHash: orNull(hash),
    records: orNull(object({ count, hash: orNull(hash) })),
    receipt: orNull(object({ origin: label, index: count, size: count, checkpoint: hash, leaf: hash })),
  },
  { tokenHash: hash, caller: orNull(callerProof) },
)
const denial = object({ coordinate, kind: oneOf(...DENIAL_KINDS), country: orNull(country) })

/** What requests and continuations both have. */
const common = {
  id,
  time,
  gateway: label,
  coordinates: list(coordinate),
  legs: list(leg),
  denied: list(denial),
}

const isRequest = object(
  {
    ...common,
    v: oneOf(1, 2),
    kind: oneOf('request'),
    traceId: orNull(text(/^[0-9a-f]{32}$/)),
    actor: orNull(actor),
    grounds: orNull(grounds),
    operation: orNull(
      object(
        {
          name: orNull(label),
          documentHash: hash,
          variables: orNull(text(/^[\w-]{43}$/)),
          cost: orNull(count),
          graph: hash,
        },
        { isKept: boolean },
      ),
    ),
    result: object({ status, codes: list(code), durationMs: count, isHangup: boolean, isDryRun: boolean }),
    continuations: count,
  },
  { question: object({ statement: hash }) },
)

const part = { ...common, kind: oneOf('continuation'), of: id, part: number }
const isContinuation = object({ ...part, v: oneOf(1) })
const isPartOfCountry = object({ ...part, v: oneOf(2), country, seq: number })
const isPartOfNone = object({ ...part, v: oneOf(2), country: oneOf(null), seq: oneOf(null) })

/** Whether a value that JSON was parsed to is surely the entry of a request. */
export function isPlainRequestEntry(value: unknown): value is z.infer<typeof REQUEST_ENTRY> {
  return isRequest(value)
}

/** Whether a value that JSON was parsed to is surely a continuation, of version 1 or 2. */
export function isPlainContinuationEntry(value: unknown): value is z.infer<typeof CONTINUATION_ENTRY> {
  const { v, country: of } = Object(value) as { readonly v?: unknown; readonly country?: unknown }
  if (v === 1) return isContinuation(value)
  return of === null ? isPartOfNone(value) : isPartOfCountry(value)
}
