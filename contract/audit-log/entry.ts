import { z } from 'zod'
import {
  CONTINUATION_ENTRY,
  GRAPH_ENTRY,
  MISUSE_ENTRY,
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
import { HEARTBEAT_ENTRY, NODE_HEARTBEAT_ENTRY } from './heartbeat-entries.ts'
import { KEY_ROTATION_ENTRY } from './key-rotation-entry.ts'
import {
  LEG_DETAIL_ENTRY,
  LEG_ENTRY,
  NODE_RECONCILIATION_ENTRY,
  NODE_REFUSALS_ENTRY,
  NODE_START_ENTRY,
  NODE_STOP_ENTRY,
} from './node-entries.ts'

/**
 * The entries of audit logs. In a log, an entry is canonical JSON (RFC 8785) in UTF-8, of at most 65,535 bytes. Unknown members are
 * rejected: a form with another meaning has another `v`, and each form stays readable.
 */
const ENTRY = z.discriminatedUnion('kind', [
  REQUEST_ENTRY,
  CONTINUATION_ENTRY,
  REFUSALS_ENTRY,
  MISUSE_ENTRY,
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
  KEY_ROTATION_ENTRY,
  HEARTBEAT_ENTRY,
  NODE_HEARTBEAT_ENTRY,
])

/** Any entry, discriminated by `kind`. `Extract<Entry, { kind: 'request' }>` is one kind. */
export type Entry = z.infer<typeof ENTRY>

/** One kind of entry: `EntryOf<'request'>`, `EntryOf<'leg'>`. */
export type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { readonly kind: Kind }>

/**
 * Parses the bytes of an entry.
 * @throws {Error} if it is malformed. The message says what was expected, and contains no value.
 */
export function parseEntry(bytes: Uint8Array): Entry {
  const parsed = ENTRY.safeParse(parseJson(bytes))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Error(`expected an entry of the audit log: ${issue?.path.join('.') || '(the whole)'}: ${issue?.message}`)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Error('expected an entry of the audit log: it is not JSON in UTF-8')
  }
}
