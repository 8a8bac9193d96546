import { expect, it } from 'vitest'
import { SAMPLE_ENTRIES } from '../../../contract/audit-log/testing.ts'
import type { ListedEntry } from '../audit/shown-entry.ts'
import { findSuspended } from './suspended-now.tsx'

it('what is suspended now is what the newest act on it left suspended', () => {
  const act = SAMPLE_ENTRIES.find(({ kind }) => kind === 'node-suspension')
  const of = (change: object): ListedEntry =>
    ({ proof: { entry: JSON.stringify({ ...act, ...change }), bundle: '' } }) as ListedEntry
  const [agency, domain] = [
    { kind: 'agency', value: 'GT-MP-FECO' },
    { kind: 'domain', value: 'cases' },
  ]
  const found = findSuspended([
    of({ what: agency, action: 'SUSPENDED', time: '2026-11-01T00:00:00.000Z' }),
    of({ what: domain, action: 'RESUMED', time: '2026-11-03T00:00:00.000Z' }),
    of({ what: domain, action: 'SUSPENDED', time: '2026-11-02T00:00:00.000Z' }),
    { proof: null } as ListedEntry,
  ])
  expect(found.map(({ what }) => what)).toEqual([agency])
})
