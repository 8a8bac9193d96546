import { describe, expect, it } from 'vitest'
import { aCaller, aContext, anEndpoint } from '../testing.ts'
import type { Leg, LegAnswer, RequestContext } from '../types/flow.ts'
import { type LegLimits, limitLegs } from './limit-legs.ts'
import { createMemoryBuckets } from './rate.ts'

const ANSWER: LegAnswer = { kind: 'answered', data: {}, errors: [] }

function legTo(country: string | null): Leg {
  return { country, domain: 'cases', endpoint: anEndpoint(), query: '', variables: {}, kind: 'query', rights: null }
}

/** Opens the limits on a clock that stands still, so that no bucket gains a token. */
function open(over: Partial<LegLimits>) {
  const unsent: unknown[] = []
  const send = limitLegs(async () => ANSWER, {
    takeToken: createMemoryBuckets(() => 0),
    countryRate: { perSecond: 1, burst: 10 },
    countrySharePercent: 50,
    maxCountryLegs: 1_000,
    onUnsent: (leg, outcome) => unsent.push([leg.country, outcome.code]),
    ...over,
  })
  /** Sends legs one after another, and returns how many were answered. */
  const sendMany = async (count: number, country: string | null, request: () => RequestContext): Promise<number> => {
    let answered = 0
    for (let i = 0; i < count; i++) if ((await send(legTo(country), request())).kind === 'answered') answered += 1
    return answered
  }
  return { sendMany, unsent }
}

const by = (subject: string) => () => aContext({ caller: aCaller({ subject }) })
const stranger = () => aContext()

describe('the legs to a country', () => {
  it('of one caller use at most its share, and the others have the rest', async () => {
    const { sendMany, unsent } = open({})
    expect(await sendMany(20, 'HN', by('one'))).toBe(5)
    expect(await sendMany(20, 'HN', by('two'))).toBe(5)
    expect(await sendMany(1, 'HN', by('three'))).toBe(0)
    expect(unsent).toHaveLength(31)
    expect(unsent[0]).toEqual(['HN', 'COUNTRY_RATE_LIMITED'])
  })

  it('of all callers without a token use one share', async () => {
    const { sendMany } = open({})
    expect(await sendMany(20, 'HN', stranger)).toBe(5)
    expect(await sendMany(5, 'HN', by('one'))).toBe(5)
  })

  it('of a caller whose share is used up take nothing from the others', async () => {
    const { sendMany } = open({})
    await sendMany(1_000, 'HN', by('one'))
    expect(await sendMany(5, 'HN', by('two'))).toBe(5)
  })

  it('are limited the same if the buckets are elsewhere, so that the gateway waits for them', async () => {
    const buckets = createMemoryBuckets(() => 0)
    const { sendMany, unsent } = open({ takeToken: async (...taking) => buckets(...taking) })
    expect(await sendMany(20, 'HN', by('one'))).toBe(5)
    expect(await sendMany(20, 'HN', by('two'))).toBe(5)
    expect(await sendMany(1, 'HN', by('three'))).toBe(0)
    expect(unsent).toHaveLength(31)
  })

  it('count for each country by itself', async () => {
    const { sendMany } = open({})
    expect(await sendMany(9, 'HN', by('one'))).toBe(5)
    expect(await sendMany(9, 'GT', by('one'))).toBe(5)
  })

  it('of one request are bounded, whoever asks, and another request has its own', async () => {
    const { sendMany } = open({ countryRate: null, maxCountryLegs: 3 })
    const [one, two] = [aContext(), aContext()]
    expect(await sendMany(9, 'HN', () => one)).toBe(3)
    expect(await sendMany(9, 'GT', () => one)).toBe(3)
    expect(await sendMany(9, 'HN', () => two)).toBe(3)
  })

  it('have no share if one caller may use all of it, and no rate without one', async () => {
    expect(await open({ countrySharePercent: 100 }).sendMany(20, 'HN', by('one'))).toBe(10)
    expect(await open({ countryRate: null }).sendMany(20, 'HN', by('one'))).toBe(20)
  })

  it('have a share of at least one at once', async () => {
    expect(
      await open({ countryRate: { perSecond: 1, burst: 1 }, countrySharePercent: 1 }).sendMany(2, 'HN', stranger),
    ).toBe(1)
  })

  it('to a subgraph that no country publishes have no limit', async () => {
    const { sendMany } = open({ maxCountryLegs: 1, countryRate: { perSecond: 1, burst: 1 } })
    expect(await sendMany(9, null, stranger)).toBe(9)
  })
})
