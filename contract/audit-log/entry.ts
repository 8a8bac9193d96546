import { z } from 'zod'
import { AUTHORITY_ENTRIES } from './authority-entries.ts'
import { GATEWAY_ENTRIES } from './gateway-entries.ts'
import { NODE_ENTRIES } from './node-entries.ts'
import { OPERATOR_ENTRIES } from './operator-entries.ts'

/**
 * The entries of audit logs. In a log, an entry is canonical JSON (RFC 8785) in UTF-8, of at most 65,535 bytes. Unknown members are
 * rejected: a form with another meaning has another `v`, and each form stays readable.
 */
const ENTRY = z.discriminatedUnion('kind', [
  ...GATEWAY_ENTRIES,
  ...NODE_ENTRIES,
  ...OPERATOR_ENTRIES,
  ...AUTHORITY_ENTRIES,
])

/** The kinds of entries that this version knows. */
export const ENTRY_KINDS: readonly string[] = [...(ENTRY._zod.propValues?.kind ?? [])].map(String)

/** The largest `v` of an entry that this version reads. A start has one more, for workers. */
const MAX_VERSION = 2

/** Any entry, discriminated by `kind`. `Extract<Entry, { kind: 'request' }>` is one kind. */
export type Entry = z.infer<typeof ENTRY>

/** One kind of entry: `EntryOf<'request'>`, `EntryOf<'leg'>`. */
export type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { readonly kind: Kind }>

/** Bytes are not an entry that this version knows. The message says what was expected, and contains no value. */
export class UnreadableEntryError extends Error {
  override readonly name = 'UnreadableEntryError'
  /** Whether they may be an entry of a later version: JSON with another `v`, or with a `kind` that this version does not know. */
  readonly isUnknownForm: boolean

  constructor(what: string, isUnknownForm: boolean) {
    super(`expected an entry of the audit log: ${what}`)
    this.isUnknownForm = isUnknownForm
  }
}

/**
 * Parses the bytes of an entry.
 * @throws {UnreadableEntryError} if it is malformed.
 */
export function parseEntry(bytes: Uint8Array): Entry {
  const value = parseJson(bytes)
  const parsed = ENTRY.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const isKind = issue?.path[0] === 'kind'
  const { v, kind } = Object(value) as { readonly v?: unknown; readonly kind?: unknown }
  const isLater = Number.isInteger(v) && Number(v) > (kind === 'start' ? MAX_VERSION + 1 : MAX_VERSION)
  const what = isKind ? 'kind: expected a known kind' : `${issue?.path.join('.') || '(the whole)'}: ${issue?.message}`
  throw new UnreadableEntryError(what, isLater || (isKind && typeof kind === 'string'))
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw new UnreadableEntryError('it is not JSON in UTF-8', false)
  }
}
