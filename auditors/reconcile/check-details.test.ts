import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { idAt, refOf } from '../../audit/index/testing.ts'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { SAMPLE_LEG } from '../../contract/audit-log/testing.ts'
import { createDetailsCheck } from './read-logs.ts'

const REFS = [3, 1, 2, 5, 4].map(refOf).sort()
const SALT = Buffer.alloc(16, 9)
const hashOf = (refs: readonly string[], salt = '') =>
  createHash('sha256')
    .update(salt === '' ? '' : SALT)
    .update(refs.map((ref) => `${ref}\n`).join(''))
    .digest('hex')

function detail(part: number, refs: readonly string[]): EntryOf<'leg-detail'> {
  const { node, time, id: of } = SAMPLE_LEG
  return { v: 1, kind: 'leg-detail', id: idAt(0, part), time, node, of, part, refs, coordinates: [] }
}

/** A leg with two details; version 2 hashes its refs with the salt. */
function leg(version: 1 | 2, more: Partial<EntryOf<'leg'>> = {}): EntryOf<'leg'> {
  const records = { count: REFS.length, hash: hashOf(REFS, version === 2 ? 'salted' : '') }
  return { ...SAMPLE_LEG, records, details: 2, ...more, v: version as 1 }
}

async function check(entry: EntryOf<'leg'>, parts: readonly (readonly string[])[], salt?: Uint8Array) {
  const details = createDetailsCheck(salt && (async () => salt))
  for (const [at, refs] of parts.entries()) details.add(detail(at + 1, refs))
  return details.finish(entry)
}

const GOOD = [REFS.slice(0, 3), REFS.slice(3)]
const SWAPPED = [REFS.slice(0, 3), [...REFS.slice(3, 4), refOf(9)]]

describe('the details of a leg', () => {
  it.each([
    ['are the refs that it hashes', leg(1), GOOD, undefined, null],
    ['are the refs that it hashes with its salt', leg(2), GOOD, SALT, null],
    ['cannot be compared with a salted hash without the salt', leg(2), SWAPPED, undefined, null],
    ['are others, without a salt', leg(1), SWAPPED, undefined, /with the hash/],
    ['are others, with a salt', leg(2), SWAPPED, SALT, /with the hash/],
    ['are fewer refs', leg(2), [REFS.slice(0, 3), REFS.slice(4)], undefined, /the refs of 5 records; came 4/],
    ['are fewer parts', leg(1), [REFS], SALT, /its 2 details before it; came 1/],
    ['are missing', leg(1, { details: 0 }), [], undefined, /the refs of 5 records; came none/],
    ['are in another order', leg(2), [REFS.slice(3), REFS.slice(0, 3)], undefined, /sorted/],
    [
      'name a record twice',
      leg(2, { records: { count: 2, hash: '' } }),
      [[refOf(1)], [refOf(1)]],
      undefined,
      /each once/,
    ],
    ['have only coordinates', leg(1, { records: { count: 0, hash: '' } }), [[], []], undefined, null],
  ])('%s', async (_, entry, parts, salt, expected) => {
    const said = await check(entry, parts, salt)
    if (expected === null) expect(said).toBeNull()
    else expect(said).toMatch(expected)
  })
})
