import { describe, expect, it } from 'vitest'
import type { Entry } from '../../../contract/audit-log/entry.ts'
import { SAMPLE_LEG, SAMPLE_MANDATE_ENTRY, SAMPLE_REQUEST, SAMPLE_SPLIT } from '../../../contract/audit-log/testing.ts'
import { findApproval, listMandates } from './find-approval.ts'

const [split, part] = SAMPLE_SPLIT
const HASH = SAMPLE_MANDATE_ENTRY.mandate
const act = (kind: 'mandate-draft' | 'mandate' | 'mandate-revocation', time: string): Entry =>
  ({ ...SAMPLE_MANDATE_ENTRY, kind, time }) as Entry

describe('who approved what an officer acted on', () => {
  it('is asked by the mandate that a leg or a part names, each once', () => {
    const [leg] = listMandates(SAMPLE_LEG)
    expect(leg?.authority).toBe('https://authority.gt.example')
    // SHA-256 in base64url, of the same bytes as the 64 digits.
    expect(Buffer.from(leg?.hash ?? '', 'base64url').toString('hex')).toBe(
      SAMPLE_LEG.v === 2 ? SAMPLE_LEG.caller?.mandate : '',
    )
    expect(listMandates(SAMPLE_REQUEST)).toEqual([leg])
    expect(listMandates(split, [part])).toEqual([leg])
    expect(listMandates(SAMPLE_MANDATE_ENTRY)).toEqual([])
  })

  it.each<[string, readonly Entry[], string]>([
    ['IN_FORCE', [act('mandate-draft', '2026-01-01T00:00:00.000Z'), act('mandate', '2026-01-02T00:00:00.000Z')], HASH],
    ['NOT_APPROVED', [act('mandate-draft', '2026-01-01T00:00:00.000Z')], HASH],
    ['NOT_APPROVED', [act('mandate', '2026-12-01T00:00:00.000Z')], HASH],
    ['NOT_APPROVED', [act('mandate', '2026-01-02T00:00:00.000Z')], 'A'.repeat(43)],
    [
      'REVOKED',
      [act('mandate-revocation', '2026-02-01T00:00:00.000Z'), act('mandate', '2026-01-02T00:00:00.000Z')],
      HASH,
    ],
    [
      'IN_FORCE',
      [act('mandate-revocation', '2026-12-01T00:00:00.000Z'), act('mandate', '2026-01-02T00:00:00.000Z')],
      HASH,
    ],
  ])('is %s by the authority’s log', (state, entries, hash) => {
    const found = findApproval(hash, '2026-11-24T20:15:17.123Z', entries)
    expect(found.state).toBe(state)
    expect(found.acts.map(({ time }) => time)).toEqual(found.acts.map(({ time }) => time).toSorted())
  })
})
