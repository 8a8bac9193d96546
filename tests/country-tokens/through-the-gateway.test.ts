import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { EntryOf } from '../../contract/audit-log/entry.ts'
import { CASE, STATUTE, startWorld, type World } from './world.ts'

let world: World
/** Each access token that an officer sent. */
const sent: string[] = []
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())
afterEach(() => {
  world.authority.behave('normally')
  world.authority.exchanges.length = 0
})

const FOUND = { case: { id: 'HN:1', court: 'Juzgado de Letras' } }

async function officer(claims: object = {}): Promise<string> {
  const token = await world.authority.accessToken({ ...claims })
  sent.push(token)
  return token
}

const proofsAsked = () => world.authority.exchanges.map((form) => form.get('mandate_proof'))
const outcomeOf = (answer: Awaited<ReturnType<World['ask']>>) => answer.extensions?.countries

describe('an officer whose authority the country has pinned', () => {
  it('is answered: the gateway exchanges the token, and sends the mandate’s proof when the node asks for it', async () => {
    expect((await world.ask(CASE, await officer())).data).toEqual(FOUND)
    expect(world.authority.exchanges.map((form) => form.get('audience'))).toEqual(['HN'])
    expect(proofsAsked()).toEqual(['1'])
  })

  it('costs no proof once the country knows the mandate, and no exchange for a second question', async () => {
    const token = await officer()
    expect((await world.ask(CASE, token)).data).toEqual(FOUND)
    expect((await world.ask('{ case(id: "HN:1") { court } }', token)).data).toEqual({
      case: { court: FOUND.case.court },
    })
    expect(proofsAsked()).toEqual([null])
  })

  it('is answered after the node has started again and forgotten the mandate', async () => {
    await world.restartNode()
    expect((await world.ask(CASE, await officer())).data).toEqual(FOUND)
    expect(proofsAsked()).toEqual([null, '1'])
  })

  it('is told that the own authority is away, while what needs no caller is answered', async () => {
    world.authority.behave('fail')
    const answer = await world.ask(`{ case(id: "HN:1") { id } }`, await officer())
    expect(outcomeOf(answer)).toMatchObject([{ country: 'HN', reach: 'UNAVAILABLE', code: 'AUTHORITY_UNAVAILABLE' }])
    const mandate = { type: 'istmo_mandate', task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'] }
    const elsewhere = { authorization_details: [{ ...mandate, countries: ['GT'], not_after: '2099-12-31' }] }
    expect((await world.ask(STATUTE, await officer(elsewhere))).data).toMatchObject({ statute: { id: 'HN:CP:1' } })
  })

  it('is denied if the own authority gives no token', async () => {
    world.authority.behave('refuse')
    const answer = await world.ask(CASE, await officer())
    expect(outcomeOf(answer)).toMatchObject([{ country: 'HN', reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' }])
  })

  it('is denied if the country does not believe the token, which the gateway then does not use again', async () => {
    world.authority.claim({ org: { country: 'GT', agency: 'GT-PNC', role: 'prosecutor' } })
    const token = await officer()
    for (let i = 0; i < 2; i++) {
      const answer = await world.ask(CASE, token)
      expect(outcomeOf(answer)).toMatchObject([{ country: 'HN', reach: 'DENIED', code: 'CALLER_NOT_VERIFIED' }])
    }
    world.authority.claim({})
    expect((await world.ask(CASE, token)).data).toEqual(FOUND)
    expect(world.authority.exchanges).toHaveLength(3)
  })
})

describe('an officer whom the country does not recognise', () => {
  const unknown = { org: { country: 'GT', agency: 'GT-PNC', role: 'investigator' } }

  it('reads what has no rule there, like everybody, and the authority is not asked for a token', async () => {
    expect((await world.ask(STATUTE, await officer(unknown))).data).toEqual({
      statute: { id: 'HN:CP:1', heading: 'Homicidio' },
    })
    expect(world.authority.exchanges).toEqual([])
  })

  it('gets nothing that has a rule', async () => {
    const answer = await world.ask(CASE, await officer(unknown))
    expect(outcomeOf(answer)).toMatchObject([{ country: 'HN', reach: 'DENIED', code: 'TASK_FORCE_NOT_RECOGNISED' }])
    expect(world.authority.exchanges).toEqual([])
  })
})

describe('a caller without a token', () => {
  it('reads what has no rule, and nothing else', async () => {
    expect((await world.ask(STATUTE, null)).data).toEqual({ statute: { id: 'HN:CP:1', heading: 'Homicidio' } })
    const answer = await world.ask(CASE, null)
    expect(answer.data ?? null).toBeNull()
  })
})

describe('the logs of both sides', () => {
  it('agree about every leg, and name the authority, the country token and the mandate in the same words', async () => {
    const mandate = Buffer.from(world.authority.mandate.hash, 'base64url').toString('hex')
    // The logs publish their entries a moment after they are written.
    await expect.poll(() => world.reconcile(), { timeout: 10_000 }).toMatchObject({ result: 'HOLDS', matched: 10 })
    const countries = (await world.entriesOf('HN')).filter(
      (entry) => entry.kind === 'leg' && entry.caller !== undefined,
    )
    const parts = (await world.entriesOf('gateway')).filter((entry) => entry.kind === 'continuation')
    const gateways = parts.flatMap(({ legs }) => legs)
    expect(countries).toHaveLength(5)
    for (const { tokenHash, caller, actor } of countries as EntryOf<'leg'>[]) {
      expect(gateways.find((leg) => leg.tokenHash === tokenHash)?.caller).toEqual(caller)
      expect(caller).toMatchObject({ authority: world.authority.url, mandate, question: null })
      expect(actor).toMatchObject({ country: 'GT', agency: 'GT-MP-FECO', tokenId: null })
    }
  })

  it('have neither an access token nor a country token in them, and what the programs say has none either', async () => {
    const said = world.logged() + JSON.stringify([await world.entriesOf('HN'), await world.entriesOf('gateway')])
    expect(said).toContain(String(decodeJwt(sent[0] ?? '').jti))
    for (const token of sent) for (const part of token.split('.').slice(1)) expect(said).not.toContain(part)
    expect(said).not.toContain('istmo-country')
  })
})
