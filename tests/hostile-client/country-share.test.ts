import { afterAll, beforeAll, expect, it } from 'vitest'
import { ANALYST, startWorld, type World } from './world.ts'

/** A client that wants all of a country for itself: it asks as often as it can, until the country's rate would be used up. */

const CLEAN = '{ case(id: "HN:1") { id court } }'
/** How many legs the country answers at once. It gains none while the test runs. */
const BURST = 20

let world: World
beforeAll(async () => {
  world = await startWorld('--country-rate', `0.001:${BURST}`, '--country-share', '50')
})
afterAll(() => world?.close())

async function ask(token: string | null) {
  const { status, text } = await world.ask(CLEAN, token)
  expect(status).toBe(200)
  const { data, errors, extensions } = JSON.parse(text)
  return { data, errors, outcome: extensions?.countries?.[0]?.code ?? null }
}

it('a caller that asks one country without pause uses up its own share, and another caller gets a complete answer', async () => {
  const greedy = await world.token(ANALYST, { sub: 'greedy' })
  const outcomes: unknown[] = []
  for (let i = 0; i < 2 * BURST; i++) outcomes.push((await ask(greedy)).outcome)
  expect(outcomes.filter((code) => code === null)).toHaveLength(BURST / 2)
  expect(new Set(outcomes.slice(BURST / 2))).toEqual(new Set(['COUNTRY_RATE_LIMITED']))

  const modest = await ask(await world.token(ANALYST, { sub: 'modest' }))
  expect(modest).toEqual({
    data: { case: { id: 'HN:1', court: 'Juzgado de Letras' } },
    errors: undefined,
    outcome: null,
  })
})
