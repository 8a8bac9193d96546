import { z } from 'zod'
import { type Entry, parseEntry } from './entry.ts'
import { ROTATION_REASONS } from './operator-entries.ts'
import { ENTRY_ID, ERASURE_REASONS, LABEL } from './parts.ts'

/**
 * What a command of an operator asks the process that owns a log: to write an entry, to erase a salt, or to go on with the keys of its key file
 * (docs/design/audit-log.md, The inbox). The request has the members of the entry, and the owner fills in its id, its time and the name of the log.
 */

/** The kinds of entries that a command may ask for, each with the member that names the log. All others belong to the owner itself. */
const OPERATOR_KINDS: Readonly<Partial<Record<Entry['kind'], 'gateway' | 'node' | 'origin'>>> = {
  oversight: 'gateway',
  reconciliation: 'gateway',
  'node-reconciliation': 'node',
  import: 'origin',
  sync: 'origin',
  disclosure: 'origin',
  'record-erasure': 'origin',
  prune: 'origin',
  approval: 'origin',
  'time-stamp': 'origin',
  backup: 'origin',
  restore: 'origin',
}

/**
 * Whether commands of operators ask for entries of this kind. The id of such an entry is that of the request, which may wait for days: for a node that is
 * stopped, or for a disk that is full.
 */
export function isAskedFor(kind: Entry['kind']): boolean {
  return kind === 'salt-erasure' || Object.hasOwn(OPERATOR_KINDS, kind)
}

const REQUEST = z.union([
  z.strictObject({
    /** The members of the entry, without `id`, `time` and the name of the log. `v` is 1 if it is absent. */
    entry: z.looseObject({ kind: z.string() }),
    /** The salt of the entry's commitments, in Base 64: 16 to 32 bytes. Absent if the entry has none. */
    salt: z
      .string()
      .regex(/^[A-Za-z0-9+/]{20,44}={0,2}$/)
      .optional(),
  }),
  z.strictObject({
    erase: z.strictObject({ erased: ENTRY_ID, reason: z.enum(ERASURE_REASONS) }),
  }),
  z.strictObject({
    /** Reads the file of the log's key again. If it has a next key that is not in force, that replaces the key, for this reason; null allows no rotation. */
    keys: z.strictObject({ reason: z.enum(ROTATION_REASONS).nullable() }),
  }),
])

/** A request, as it stands in a file of the inbox. */
export type OperatorRequest = z.infer<typeof REQUEST>

/**
 * Parses a request.
 * @throws {Error} if it is malformed. The message says what was expected, and contains no value.
 */
export function parseOperatorRequest(bytes: Uint8Array): OperatorRequest {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Error('expected JSON in UTF-8; came something else')
  }
  const parsed = REQUEST.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Error(
    'expected { "entry": { "kind": … } }, { "erase": { "erased": …, "reason": … } } or { "keys": { "reason": … } }; came another form',
  )
}

/** What the owner of the log fills in. */
export interface OwnersMembers {
  readonly id: string
  /** RFC 3339 in UTC, with milliseconds. */
  readonly time: string
  /** The name of the log. */
  readonly origin: string
}

/**
 * Makes the entry that a request asks for.
 * @throws {Error} if operators may not write this kind, if the request names what the owner fills in, or if the entry is malformed.
 */
export function makeOperatorEntry(members: object, { id, time, origin }: OwnersMembers): Entry {
  const { kind } = members as { readonly kind?: unknown }
  const own = Object.hasOwn(OPERATOR_KINDS, String(kind)) ? OPERATOR_KINDS[kind as Entry['kind']] : undefined
  if (own === undefined) {
    const kinds = Object.keys(OPERATOR_KINDS).join(', ')
    throw new Error(`expected an entry of the kinds ${kinds}; came another kind, which only the owner of a log writes`)
  }
  const named = ['id', 'time', 'gateway', 'node', 'origin'].filter((name) => Object.hasOwn(members, name))
  if (named.length > 0)
    throw new Error(`expected an entry without ${named.join(', ')}: the owner of the log fills it in`)
  return parseEntry(Buffer.from(JSON.stringify({ v: 1, ...members, id, time, [own]: origin })))
}

/** The part of a request that asks for the keys of the key file. */
export type KeysRequest = Extract<OperatorRequest, { keys: unknown }>['keys']

/** Makes the entry of an erased salt, in a gateway's or a reader's log. */
export function makeErasureEntry(
  { erased, reason }: Extract<OperatorRequest, { erase: unknown }>['erase'],
  { id, time, origin }: OwnersMembers,
): Entry {
  return { v: 1, kind: 'salt-erasure', id, time, gateway: LABEL.parse(origin), erased, reason }
}
