import type { z } from 'zod'
import { isDomain } from '../../domain.ts'
import { type LEG_DETAIL_ENTRY, type LEG_ENTRY, MAX_REFS } from '../node-entries.ts'
import {
  actor,
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
  pseudonym,
  status,
  time,
  where,
} from '../plain-entry/checks.ts'

/**
 * A quick look at the entry of a leg, because the gateway reads one in each receipt, and at its details, which whoever reads a country's log reads
 * as often. It accepts only what the schema of entries (node-entries.ts)
 * accepts, and not all of it: whatever it does not accept is for the schema to judge.
 */

const isPlain = object(
  {
    v: oneOf(2),
    kind: oneOf('leg'),
    id,
    time,
    node: label,
    country,
    domain: where(isDomain),
    gateway: orNull(label),
    tokenId: orNull(label),
    requestId: orNull(id),
    actor: orNull(actor),
    grounds: orNull(grounds),
    operationHash: orNull(hash),
    requestHash: orNull(hash),
    responseHash: orNull(hash),
    coordinates: list(coordinate),
    moreCoordinates: count,
    access: orNull(hash),
    policySet: orNull(hash),
    result: object({
      status,
      code: orNull(code),
      // Few legs have denied fields, so the schema judges them.
      denied: (value) => Array.isArray(value) && value.length === 0,
    }),
    records: object({ count, hash: orNull(hash) }),
    details: count,
  },
  {
    tokenHash: hash,
    caller: callerProof,
    statement: orNull(hash),
  },
)

/** Whether a value that JSON was parsed to is surely an entry of a leg in version 2. */
export function isPlainLegEntry(value: unknown): value is z.infer<typeof LEG_ENTRY> {
  return isPlain(value)
}

const isRefs = list(pseudonym)

const isPlainDetail = object({
  v: oneOf(1),
  kind: oneOf('leg-detail'),
  id,
  time,
  node: label,
  of: id,
  part: number,
  refs: (value) => Array.isArray(value) && value.length <= MAX_REFS && isRefs(value),
  coordinates: list(coordinate),
})

/** Whether a value that JSON was parsed to is surely an entry of a leg's detail. */
export function isPlainLegDetail(value: unknown): value is z.infer<typeof LEG_DETAIL_ENTRY> {
  return isPlainDetail(value)
}
