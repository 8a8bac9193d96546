import { describe, expect, it } from 'vitest'
import { createHitQuota, type HitQuota } from '../../contract/hit-quota/hit-quota.ts'
import { createMemoryHits } from '../../contract/hit-quota/memory-hits.ts'
import { aCaller, aContext, anEndpoint } from '../testing.ts'
import type { Leg, LegAnswer } from '../types/flow.ts'
import { createFallbackHits, limitHits } from './limit-hits.ts'

const LEG: Leg = {
  domain: 'persons',
  country: 'HN',
  endpoint: anEndpoint(),
  query: 'query ($s: PersonHitSearch!) { personHits(countries: ["HN"], search: $s) { hits { hit } } }',
  variables: {},
  kind: 'query',
  rights: { scopes: [], policies: [] },
}
const OTHER: Leg = { ...LEG, domain: 'cases', query: '{ cases(countries: ["HN"]) { edges { node { id } } } }' }
const ANSWER: LegAnswer = { kind: 'answered', data: {}, errors: [] }
const SPENT: LegAnswer = { kind: 'failed', outcome: { reach: 'DENIED', code: 'HITS_SPENT' } }
const search = (n: number) => ({ identifier: { value: String(n) } })
const quota = () => createHitQuota(createMemoryHits(), () => 0)

function gateway(hitsPerDay: number | null) {
  const unsent: Leg[] = []
  const limit = limitHits({ quota: quota(), hitsPerDay, onUnsent: (leg) => unsent.push(leg) })
  const send = limit.layer(async () => ANSWER)
  const ask = async (searches: readonly object[], isDryRun = false): Promise<LegAnswer[]> => {
    const context = aContext({ caller: aCaller(), isDryRun })
    await limit.count(context, 'a', searches as readonly Record<string, unknown>[])
    return [await send(LEG, context), await send(OTHER, context)]
  }
  return { ask, unsent }
}

describe('the limit of hit searches at the gateway', () => {
  it('sends no hit search of a caller whose day is spent, and other legs nevertheless', async () => {
    const { ask, unsent } = gateway(3)
    expect(await ask([search(1), search(2)])).toEqual([ANSWER, ANSWER])
    expect(await ask([search(3), search(4)])).toEqual([SPENT, ANSWER])
    expect(await ask([search(2), search(3)])).toEqual([ANSWER, ANSWER])
    expect(unsent).toEqual([LEG])
  })

  it('counts nothing of a dry run, and nothing without a limit', async () => {
    const { ask } = gateway(1)
    await ask([search(1), search(2)], true)
    expect(await ask([search(1)])).toEqual([ANSWER, ANSWER])
    expect(await gateway(null).ask([search(1), search(2)])).toEqual([ANSWER, ANSWER])
  })

  it('counts by itself while the shared database fails, with what it counted before', async () => {
    const shared = quota()
    let isDown = false
    const failures: unknown[] = []
    const failing: HitQuota = {
      take: async (...asked) => {
        if (isDown) throw new Error('down')
        return shared.take(...asked)
      },
      close: () => shared.close(),
    }
    const both = createFallbackHits(failing, quota(), (error) => failures.push(error))
    expect(await both.take('a', 3, [search(1), search(2)])).toBe(true)
    isDown = true
    expect(await both.take('a', 3, [search(3), search(4)])).toBe(false)
    expect(await both.take('a', 3, [search(3)])).toBe(true)
    isDown = false
    expect(await both.take('a', 3, [search(5), search(6)])).toBe(false)
    expect(failures).toHaveLength(2)
    const dates = Array.from({ length: 21 }, (_, n) => ({ name: 'Ana Paz', birthDate: `1990-01-${n + 10}` }))
    await expect(both.take('b', 50, dates)).rejects.toMatchObject({ code: 'SEARCH_TOO_WIDE' })
    expect(failures).toHaveLength(2)
    both.close()
  })
})
