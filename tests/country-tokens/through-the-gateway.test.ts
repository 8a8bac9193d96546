import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CASE, STATUTES, startWorld, type World } from './world.ts'

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

  it('needs no second exchange for further questions', async () => {
    const token = await world.authority.accessToken()
    const before = world.authority.exchanges.length
    for (const court of ['court', 'court id', 'id court']) {
      const { data } = await world.ask(`{ case(id: "HN:1") { ${court} } }`, token)
      expect(data).toMatchObject({ case: { court: 'Juzgado de Letras' } })
    }
    expect(world.authority.exchanges.slice(before).map((form) => form.get('mandate_proof'))).toEqual([null])
  })
})

describe('a caller without a token', () => {
  it('reads what has no rule, and nothing else', async () => {
    const { data } = await world.ask(STATUTES, null)
    expect(data).toEqual({ statutes: { edges: [{ node: { id: 'HN:CP:1' } }] } })
    expect(
      (await world.leg({ countryToken: null, claims: { sub: 'anonymous', scope: '', grounds: undefined } })).code,
    ).toBe('REFUSED_BY_NODE')
  })
})
