/** Entries of legs, and changes of them, for tests that compare a quick look with the schema. */
import fc from 'fast-check'
import { MAX_REFS } from '../node-entries.ts'
import { SAMPLE_LEG } from '../testing.ts'

type Json = Record<string, unknown>

/** Entries of all forms: complete, without what is optional, and with null where it may stand. */
export const LEG_FORMS: readonly Json[] = (() => {
  const { tokenHash: _, caller: __, ...without } = SAMPLE_LEG
  const ofNobody = { ...without, gateway: null, tokenId: null, requestId: null, actor: null, grounds: null }
  const hashes = { operationHash: null, requestHash: null, responseHash: null, access: null, policySet: null }
  const denied = [{ coordinate: 'Case.title', kind: 'SCOPES', country: null }]
  return [
    { ...SAMPLE_LEG },
    { ...without },
    { ...SAMPLE_LEG, statement: SAMPLE_LEG.requestHash, actor: { ...SAMPLE_LEG.actor, tokenHash: 'a'.repeat(64) } },
    { ...ofNobody, ...hashes, statement: null, records: { count: 0, hash: null } },
    { ...SAMPLE_LEG, result: { status: 403, code: 'QUOTA_SPENT', denied } },
  ]
})()

/** Details of a leg: of refs, of coordinates, with the most refs that one may have, and with one too many. */
export const DETAIL_FORMS: readonly Json[] = (() => {
  const { id, time, node } = SAMPLE_LEG
  const detail = { v: 1, kind: 'leg-detail', id, time, node, of: id, part: 1, refs: [], coordinates: [] }
  const refs = (length: number) => Array.from({ length }, () => `1.${'a'.repeat(43)}`)
  return [
    { ...detail, refs: refs(2) },
    { ...detail, part: 2, coordinates: ['Case.id', 'Query.case(id:)'] },
    { ...detail, refs: refs(MAX_REFS) },
    { ...detail, refs: refs(MAX_REFS + 1) },
  ]
})()

/** Values that a member of an entry may or may not have. */
export const ODD: readonly unknown[] = [
  ...[null, undefined, true, 0, -1, 1.5, 2 ** 53, 99, 600, '', 'x', 'HN', 'XX', 'cases', [], [1], ['x'], {}, { x: 1 }],
  ...['2026-11-24T20:15:17.123Z', '2026-11-24', 'a'.repeat(64), 'A'.repeat(64), 'a'.repeat(201), `1.${'a'.repeat(43)}`],
  ...['Case.id', '0x', 'INVESTIGATION', 'QUOTA_SPENT', '019ab7e5-2f40-7c3a-9c1d-000000000000', `${'a'.repeat(64)}\n`],
  ...[
    2,
    3,
    100,
    599,
    false,
    'ANSWERED',
    'SCOPES',
    'a'.repeat(32),
    'a'.repeat(43),
    'x'.repeat(200),
    'A',
    'Z'.repeat(51),
  ],
]

/** A change of an entry: where, to what, and how. */
export interface EntryChange {
  readonly path: readonly number[]
  readonly value: unknown
  readonly does: 'put' | 'add' | 'remove'
}

/** Draws a change of an entry. */
export const ENTRY_CHANGES: fc.Arbitrary<EntryChange> = fc.record({
  path: fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
  value: fc.constantFrom<unknown>(...ODD),
  does: fc.constantFrom('put', 'put', 'add', 'remove'),
})

/** Makes an entry with some changes, as JSON says it. */
export function changeEntry(form: unknown, changes: readonly EntryChange[]): unknown {
  const changed = changes.reduce<unknown>((entry, { path, value, does }) => change(entry, path, value, does), form)
  return JSON.parse(JSON.stringify(changed) ?? 'null')
}

/** Puts a value somewhere into a copy of an entry, adds a member, or takes one out. */
function change(entry: unknown, path: readonly number[], value: unknown, does: 'put' | 'add' | 'remove'): unknown {
  const [first = 0, ...rest] = path
  if (typeof entry !== 'object' || entry === null || path.length === 0) return value
  const copy = structuredClone(entry) as Json
  const names = Object.keys(copy)
  const name = names[first % Math.max(1, names.length)] ?? 'x'
  if (rest.length > 0) copy[name] = change(copy[name], rest, value, does)
  else if (does === 'put') copy[name] = value
  else if (does === 'add') copy[Array.isArray(copy) ? String(names.length) : 'other'] = value
  else delete copy[name]
  return copy
}
