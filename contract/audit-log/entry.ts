import { z } from 'zod'
import {
  CONTINUATION_ENTRY,
  GRAPH_ENTRY,
  OVERSIGHT_ENTRY,
  PUBLICATION_ENTRY,
  RECONCILIATION_ENTRY,
  REFUSALS_ENTRY,
  REQUEST_ENTRY,
  SALT_ERASURE_ENTRY,
  START_ENTRY,
  STOP_ENTRY,
  SUSPENSION_ENTRY,
} from './gateway-entries.ts'
import {
  LEG_DETAIL_ENTRY,
  LEG_ENTRY,
  NODE_RECONCILIATION_ENTRY,
  NODE_REFUSALS_ENTRY,
  NODE_START_ENTRY,
  NODE_STOP_ENTRY,
} from './node-entries.ts'

/**
 * The record's entries, version 1. In a log an entry is its RFC 8785 form in UTF-8, at most 65,535 bytes. Members that are not
 * known are refused: a later form has another `v`.
 */
const ENTRY = z.discriminatedUnion('kind', [
  REQUEST_ENTRY,
  CONTINUATION_ENTRY,
  REFUSALS_ENTRY,
  GRAPH_ENTRY,
  START_ENTRY,
  STOP_ENTRY,
  SUSPENSION_ENTRY,
  PUBLICATION_ENTRY,
  SALT_ERASURE_ENTRY,
  OVERSIGHT_ENTRY,
  RECONCILIATION_ENTRY,
  LEG_ENTRY,
  LEG_DETAIL_ENTRY,
  NODE_REFUSALS_ENTRY,
  NODE_START_ENTRY,
  NODE_STOP_ENTRY,
  NODE_RECONCILIATION_ENTRY,
])

/** Any entry, told apart by `kind`. `Extract<Entry, { kind: 'request' }>` is one kind. */
export type Entry = z.infer<typeof ENTRY>

/** One kind of entry: `EntryOf<'request'>`, `EntryOf<'leg'>`. */
export type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { readonly kind: Kind }>

/** Reads an entry's bytes. Throws an Error that says what was expected, and shows no value. */
export function parseEntry(bytes: Uint8Array): Entry {
  const parsed = ENTRY.safeParse(parseJson(bytes))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`expected an entry of the record: ${issue?.path.join('.') || '(the whole)'}: ${issue?.message}`)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Error('expected an entry of the record: it is not JSON in UTF-8')
  }
}
