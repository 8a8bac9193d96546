import { describe, expect, it } from 'vitest'
import { SAMPLE_LEG, SAMPLE_REQUEST } from '../../../contract/audit-log/testing.ts'
import type { AskOversight } from './ask-oversight.ts'
import { collectReport, type ReportRequest, TooManyKeysError } from './collect-report.ts'
import { COSIGNED_MS, GATEWAY, proveAll, writePolicy } from './testing.ts'
import { readTrust } from './trust.ts'

const TRUST = readTrust([{ name: 'policy', text: writePolicy(3) }])
const REQUEST: ReportRequest = {
  ...{ from: '2026-11-01', until: '2026-11-30', threshold: 5 },
  filter: { from: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z' },
}
const ORIGIN = GATEWAY.verifier.name
const [, newest] = proveAll([SAMPLE_LEG, SAMPLE_REQUEST])

/** Answers as oversight does: 12 requests in each table, and two logs. */
function answering(proof: unknown, keys = 2) {
  const asked: unknown[] = []
  const ask = (async (document: string, variables: { filter?: { log?: string } }) => {
    asked.push([document, variables])
    const counts = Array.from({ length: keys }, (_, at) => ({ key: `k${at}`, count: 6 }))
    const logs = [
      { origin: ORIGIN, size: 2, unreadable: 0, problem: null },
      { origin: 'istmo.example/hn', size: 1, unreadable: 0, problem: null },
      { origin: 'istmo.example/un', size: 9, unreadable: 0, problem: null },
      { origin: 'istmo.example/sv', size: 4, unreadable: 0, problem: 'SET_BACK' },
      { origin: 'istmo.example/pa', size: 0, unreadable: 0, problem: 'NOT_REACHED' },
    ]
    const tables = { month: counts, purpose: counts, outcome: counts, actorCountry: counts, country: counts }
    const node = variables.filter?.log === ORIGIN ? { position: 1, proof } : { position: 0, proof: null }
    // The log of the UN has no request.
    const edges = variables.filter?.log === 'istmo.example/un' ? [] : [{ node }]
    const data = { ...tables, viewer: { country: 'GT' }, entries: { edges } }
    return { data, errors: [], logs }
  }) as unknown as AskOversight
  return { ask, asked }
}

describe('the counts of a report', () => {
  it('are of requests only, with the proved state of each log', async () => {
    const { ask, asked } = answering(newest)
    const report = await collectReport(ask, REQUEST, TRUST, COSIGNED_MS)
    expect(asked[0]).toEqual(['reportCounts', { filter: { ...REQUEST.filter, kind: 'request' }, first: 100 }])
    expect(report.tables.purpose).toMatchObject({ total: 12, withheld: 0 })
    expect(report.states).toMatchObject([
      { kind: 'PROVEN', state: { origin: ORIGIN, size: 2 }, counted: 2 },
      { kind: 'NOT_PROVEN', origin: 'istmo.example/hn', reason: 'NO_PROOF', counted: 1 },
      { kind: 'NOT_PROVEN', origin: 'istmo.example/sv', reason: 'SET_BACK', counted: 4 },
      { kind: 'NOT_PROVEN', origin: 'istmo.example/pa', reason: 'NOT_REACHED', counted: 0 },
    ])
  })

  it('say if the state of a log is not proved', async () => {
    const other = { ...newest, entry: newest?.entry.replace('INVESTIGATION', 'PROSECUTION') }
    const { states } = await collectReport(answering(other).ask, REQUEST, TRUST, COSIGNED_MS)
    expect(states[0]).toEqual({ kind: 'NOT_PROVEN', origin: ORIGIN, reason: 'ENTRY_CHANGED', counted: 2 })
  })

  it('are not made out of a part of a table', async () => {
    await expect(collectReport(answering(newest, 100).ask, REQUEST, TRUST, COSIGNED_MS)).rejects.toThrow(
      TooManyKeysError,
    )
  })
})
