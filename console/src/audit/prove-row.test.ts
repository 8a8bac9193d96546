import { describe, expect, it } from 'vitest'
import { SAMPLE_LEG, SAMPLE_REQUEST, SAMPLE_SPLIT } from '../../../contract/audit-log/testing.ts'
import { groupByQuestion, proveRow } from './prove-row.ts'
import { COSIGNED_MS, GATEWAY, proveAll, toShown, WITNESSES, writePolicy } from './testing.ts'
import { NO_TRUST, readTrust } from './trust.ts'

const ENTRIES = [SAMPLE_REQUEST, ...SAMPLE_SPLIT]
const TRUST = readTrust([{ name: 'policy', text: writePolicy(3) }])
const shownBy = (signers = [GATEWAY, ...WITNESSES]) => toShown(ENTRIES, 0, proveAll(ENTRIES, signers))

describe('an entry of a list', () => {
  it('is proved in the browser, and waits for witnesses that are missing', () => {
    expect(proveRow(shownBy(), TRUST, COSIGNED_MS).state).toBe('PROVEN')
    expect(proveRow(shownBy([GATEWAY]), TRUST, COSIGNED_MS).state).toBe('UNWITNESSED')
  })

  it('is not proved if it is shown otherwise than it stands in the log, or if somebody changed it', () => {
    const shown = shownBy()
    const proof = shown.proof ?? expect.fail('expected a proof')
    const changed = { ...shown, proof: { ...proof, entry: proof.entry.replace('GT', 'HN') } }
    for (const wrong of [changed, { ...shown, time: '2001-01-01T00:00:00.000Z' }, { ...shown, kind: 'leg' }]) {
      expect(proveRow(wrong, TRUST, COSIGNED_MS).state).toBe('NOT_PROVEN')
    }
  })

  it('is said to be unchecked where there is no proof or no trust policy', () => {
    expect(proveRow(shownBy(), NO_TRUST, COSIGNED_MS).state).toBe('NONE')
    expect(proveRow({ ...shownBy(), proof: null }, TRUST, COSIGNED_MS).state).toBe('NONE')
  })

  it('stands with the others of its question, the request first', () => {
    const leg = { ...SAMPLE_LEG, requestId: SAMPLE_REQUEST.id }
    const entries = [leg, SAMPLE_REQUEST, { ...SAMPLE_LEG, id: SAMPLE_SPLIT[1].id, requestId: null }]
    const proofs = proveAll(entries)
    const rows = entries.map((_, at) => proveRow(toShown(entries, at, proofs), TRUST, COSIGNED_MS))
    expect(groupByQuestion(rows).map((group) => group.map(({ row }) => row.id))).toEqual([
      [SAMPLE_REQUEST.id, leg.id],
      [SAMPLE_SPLIT[1].id],
    ])
  })
})
