import { describe, expect, it } from 'vitest'
import { anEndpoint, aParticipant } from '../testing.ts'
import type { Leg } from '../types/flow.ts'
import { createReachability, showPublicly } from './reachability.ts'

const endpoint = anEndpoint({ url: 'http://10.0.0.7:9/cases' })
const honduras = aParticipant('HN', { domains: { cases: endpoint, legal: endpoint } })
const leg: Leg = { domain: 'cases', country: 'HN', endpoint, query: '', variables: {}, kind: 'query', rights: null }

describe('reachability', () => {
  it('shows the last outcome of each domain, null if the gateway sent none, its breaker, and no address', () => {
    const reachability = createReachability(() => 0)
    reachability.note(leg, { reach: 'ANSWERED', code: null })
    reachability.note(leg, { reach: 'UNAVAILABLE', code: 'CONNECTION' })
    const shown = reachability.show([honduras], ({ domain }) => (domain === 'cases' ? 'open' : 'closed'))
    expect(shown).toEqual([
      {
        country: 'HN',
        name: honduras.name,
        domains: {
          cases: { reach: 'UNAVAILABLE', code: 'CONNECTION', at: '1970-01-01T00:00:00.000Z', breaker: 'open' },
          legal: { reach: null, code: null, at: null, breaker: 'closed' },
        },
      },
    ])
    expect(JSON.stringify(shown)).not.toContain('10.0.0.7')
  })

  it('shows everybody which keys of a country’s log it takes, and no word of receipts that it does not check', () => {
    const shown = showPublicly([honduras, { ...honduras, receipts: { vkey: 'first', required: true } }], ({ vkey }) => [
      vkey,
      'next',
    ])
    expect(shown.map(({ logKeys }) => logKeys)).toEqual([undefined, ['first', 'next']])
  })

  it('shows the operator and everybody which domains answer what nobody signed', () => {
    const open = { ...honduras, unsigned: ['legal'] }
    const shown = createReachability(() => 0).show([honduras, open], () => 'closed')
    expect(
      [shown, showPublicly([honduras, open], () => [])].map((list) => list.map(({ unsigned }) => unsigned)),
    ).toEqual([
      [undefined, ['legal']],
      [undefined, ['legal']],
    ])
  })
})
