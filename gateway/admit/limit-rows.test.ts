import { describe, expect, it } from 'vitest'
import { createMemoryRowCounts, type RowCounts } from '../../contract/row-quota/row-quota.ts'
import { aCaller, aContext, anEndpoint } from '../testing.ts'
import type { Leg, LegAnswer, SendLeg } from '../types/flow.ts'
import { limitRows } from './limit-rows.ts'

const QUERY = '{ cases { edges { node { id } } pageInfo { hasNextPage } } }'
const LEG: Leg = {
  domain: 'cases',
  country: 'HN',
  endpoint: anEndpoint(),
  query: QUERY,
  variables: {},
  kind: 'query',
  rights: { scopes: [], policies: [] },
}
const SPENT: LegAnswer = { kind: 'failed', outcome: { reach: 'DENIED', code: 'QUOTA_SPENT' } }
const ONE = aContext({ caller: aCaller({ subject: 'one' }) })

function answerOf(country: string, count: number): LegAnswer {
  const edges = Array.from({ length: count }, (_, i) => ({ node: { id: `${country}:${i}` } }))
  return { kind: 'answered', data: { cases: { edges, pageInfo: { hasNextPage: false } } }, errors: [] }
}

function rowsOf(answer: LegAnswer): number {
  if (answer.kind === 'failed') return 0
  return (answer.data as { cases: { edges: unknown[] } | null }).cases?.edges.length ?? 0
}

/** A gateway that gives each caller five rows a day; each country answers with `count` rows. */
function gateway(count: number, counts: RowCounts = createMemoryRowCounts(), rowsPerDay: number | null = 5) {
  const sent: Leg[] = []
  const unsent: Leg[] = []
  const clock = { now: 0 }
  const sendLeg: SendLeg = async (leg) => {
    sent.push(leg)
    return answerOf(leg.country ?? '', count)
  }
  const ask = limitRows(sendLeg, {
    counts,
    rowsPerDayOf: () => rowsPerDay,
    onUnsent: (leg) => unsent.push(leg),
    now: () => clock.now,
  })
  return { ask, sent, unsent, clock }
}

describe('the quota of rows at the gateway', () => {
  it('cuts the page that reaches it, then sends no leg to this country until the next day', async () => {
    const { ask, sent, unsent, clock } = gateway(3)
    expect(await ask(LEG, ONE)).toEqual(answerOf('HN', 3))
    const cut = await ask(LEG, ONE)
    expect(cut).toMatchObject({
      data: { cases: { edges: [{}, {}], pageInfo: { hasNextPage: true } } },
      errors: [],
      notes: [{ code: 'QUOTA_REACHED' }],
    })
    expect(rowsOf(cut)).toBe(2)
    expect(await ask(LEG, ONE)).toEqual(SPENT)
    expect([sent.length, unsent]).toEqual([2, [LEG]])
    clock.now = 86_400_000
    expect(rowsOf(await ask(LEG, ONE))).toBe(3)
  })

  it('takes the evidence from an answer that it cuts, because the evidence has the rows that it cuts', async () => {
    const legEvidence = { country: 'HN', domain: 'cases', salt: '', request: '{}', answer: '{}', receipt: null }
    const withEvidence: SendLeg = async () => ({ ...answerOf('HN', 3), evidence: legEvidence }) as LegAnswer
    const limits = { counts: createMemoryRowCounts(), rowsPerDayOf: () => 5, onUnsent: () => undefined }
    const ask = limitRows(withEvidence, limits)
    expect(await ask(LEG, ONE)).toMatchObject({ evidence: legEvidence })
    expect(await ask(LEG, ONE)).not.toHaveProperty('evidence')
  })

  it('is that of one caller, whatever the token, and of one country', async () => {
    const { ask } = gateway(5)
    await ask(LEG, ONE)
    const otherToken = aContext({ caller: aCaller({ subject: 'one', scopes: ['case:read'], expiresAt: 1 }) })
    expect(await ask(LEG, otherToken)).toEqual(SPENT)
    const otherIssuer = aContext({ caller: aCaller({ subject: 'one', issuer: 'https://id.hn.example' }) })
    for (const context of [otherIssuer, aContext({ caller: aCaller({ subject: 'two' }) })]) {
      expect(rowsOf(await ask(LEG, context))).toBe(5)
    }
    expect(rowsOf(await ask({ ...LEG, country: 'GT' }, ONE))).toBe(5)
  })

  it('holds for legs that are sent at the same time', async () => {
    const { ask } = gateway(3)
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(LEG, ONE)))
    expect(answers.map(rowsOf).reduce((sum, rows) => sum + rows, 0)).toBe(5)
    const denied = answers.filter((answer) => answer.kind === 'answered' && answer.errors.length > 0)
    expect(denied[0]).toMatchObject({
      data: { cases: null },
      errors: [{ path: ['cases'], extensions: { code: 'QUOTA_SPENT' } }],
    })
  })

  it('holds for two gateways that count in one place', async () => {
    const counts = createMemoryRowCounts()
    const gateways = [gateway(3, counts), gateway(3, counts)]
    const answers = await Promise.all(gateways.flatMap(({ ask }) => [ask(LEG, ONE), ask(LEG, ONE), ask(LEG, ONE)]))
    expect(answers.map(rowsOf).reduce((sum, rows) => sum + rows, 0)).toBe(5)
    for (const { ask } of gateways) expect(await ask(LEG, ONE)).toEqual(SPENT)
  })

  it('does not count for callers without a token, for plain subgraphs, or if there is none', async () => {
    const { ask } = gateway(9)
    expect(rowsOf(await ask(LEG, aContext()))).toBe(9)
    expect(rowsOf(await ask({ ...LEG, country: null }, ONE))).toBe(9)
    expect(rowsOf(await gateway(9, undefined, null).ask(LEG, ONE))).toBe(9)
  })

  it('leaves hit searches to their own rate', async () => {
    const { ask, sent } = gateway(5)
    await ask(LEG, ONE)
    await ask({ ...LEG, query: '{ personHits(search: {}) { hits { band } } }' }, ONE)
    expect(sent).toHaveLength(2)
  })
})
