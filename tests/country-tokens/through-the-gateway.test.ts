import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CASE, STATUTE, startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const FOUND = { case: { id: 'HN:1', court: 'Juzgado de Letras' } }

describe('an officer whose authority the country has pinned', () => {
  it('is answered: the gateway exchanges the token, and sends the mandate’s proof when the node asks for it', async () => {
    const answer = await world.ask(CASE, await world.authority.accessToken())
    expect(answer.data).toEqual(FOUND)
    expect(world.authority.exchanges.map((form) => [form.get('audience'), form.get('mandate_proof')])).toEqual([
      ['HN', '1'],
    ])
    expect(world.logged()).not.toContain('CALLER_NOT_VERIFIED')
  })
})

describe('a caller without a token', () => {
  it('reads what has no rule, and nothing else', async () => {
    expect((await world.ask(STATUTE, null)).data).toEqual({ statute: { id: 'HN:CP:1', heading: 'Homicidio' } })
    const anonymous = { countryToken: null, claims: { sub: 'anonymous', scope: '', grounds: undefined } }
    expect((await world.leg(anonymous)).code).toBe('REFUSED_BY_NODE')
  })
})
