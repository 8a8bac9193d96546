import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256Url } from '../../contract/trust/digest.ts'
import { mandateClaim } from './test-mandates.ts'
import { CASE, type LegParts, startWorld, type World } from './world.ts'

/** Somebody has captured the gateway: its leg key, and each country token that passed through it. The node is as it was. */
let world: World
/** A country token that an officer really got. */
let officers: string
beforeAll(async () => {
  world = await startWorld()
  officers = await tokenWith({})
  await world.leg({ countryToken: officers, proof: await world.authority.mandate.prove() })
})
afterAll(() => world.close())

const tokenWith = (changes: Readonly<Record<string, unknown>>, header: object = {}): Promise<string> =>
  world.authority.countryToken(world.authority.countryClaims(world.legKey, changes), header)

/** What the captor sends, made when the world runs. */
type Attempt = () => Promise<LegParts> | LegParts

const nowS = (): number => Math.floor(Date.now() / 1000)

const CALLER = {
  ...{ sub: 'officer-7', caller_iss: 'https://id.gt.example', org: { country: 'GT', agency: 'GT-MP-FECO' } },
  mandate: {
    ...{ type: 'istmo_mandate', task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'] },
    ...{ countries: ['HN'], not_after: '2099-12-31' },
  },
}

describe('what a captured gateway asks with a token that an officer got', () => {
  it('is answered within the token, which is what the country tokens leave to it', async () => {
    const answer = await world.leg({ countryToken: officers })
    expect(answer).toMatchObject({ status: 200, data: { case: { id: 'HN:1' } } })
  })
})

describe('a captured gateway is refused', () => {
  /** The leg tokens of what was refused, by the code that its entry must have; null if it must have none. */
  const refused = new Map<string, string | null>()

  const attempts: readonly [string, Attempt][] = [
    ['a caller of its own invention', () => ({ countryToken: null, claims: CALLER })],
    [
      'a caller of its own invention beside the token of another officer',
      () => ({ countryToken: officers, claims: { ...CALLER, ct: sha256Url('x') } }),
    ],
    [
      'a leg that names a token and does not show it',
      () => ({ countryToken: null, claims: { ct: sha256Url(officers) } }),
    ],
    ['a token beside a leg of another token', () => ({ countryToken: officers, claims: { ct: sha256Url('another') } })],
    [
      'a token beside a leg of no token',
      () => ({ countryToken: officers, claims: { ct: undefined, sub: 'anonymous' } }),
    ],
    [
      'a token that has ended',
      async () => ({ countryToken: await tokenWith({ iat: nowS() - 400, exp: nowS() - 100 }) }),
    ],
    ['a token for another country', async () => ({ countryToken: await tokenWith({ aud: 'SV' }) })],
    ['a token for another gateway', async () => ({ countryToken: await tokenWith({ act: { sub: 'other' } }) })],
    [
      'a token for another leg key',
      async () => ({ countryToken: await tokenWith({ cnf: { jkt: sha256Url('key') } }) }),
    ],
    [
      'a token for another certificate',
      async () => ({ countryToken: await tokenWith({ cnf: { jkt: world.legKey, 'x5t#S256': sha256Url('cert') } }) }),
    ],
    ['an access token in its place', async () => ({ countryToken: await tokenWith({}, { typ: 'at+jwt' }) })],
    [
      'a token with one letter changed',
      () => ({ countryToken: `${officers.slice(0, -9)}${officers.at(-9) === 'A' ? 'B' : 'A'}${officers.slice(-8)}` }),
    ],
    ['a leg that lives longer than its token', async () => ({ countryToken: await tokenWith({ exp: nowS() + 20 }) })],
    ['another purpose', () => ({ countryToken: officers, claims: { grounds: { purpose: 'ASSET_RECOVERY' } } })],
    [
      'a legal basis that the mandate lacks',
      () => ({ countryToken: officers, claims: { grounds: { purpose: 'INVESTIGATION', legalBasis: ['UN:1'] } } }),
    ],
    [
      'an officer of an agency that the country has not listed',
      async () => ({ countryToken: await tokenWith({ org: { country: 'GT', agency: 'GT-PNC', role: 'prosecutor' } }) }),
    ],
    [
      'an officer who is another country’s',
      async () => ({ countryToken: await tokenWith({ org: { country: 'HN', agency: 'GT-MP-FECO' } }) }),
    ],
    [
      'another task force than the mandate’s',
      async () => ({
        countryToken: await tokenWith({ mandate: { ...mandateClaim(world.authority.mandate), task_force: 'jtf-2' } }),
      }),
    ],
    [
      'a purpose beyond the mandate',
      async () => ({
        countryToken: await tokenWith({
          mandate: { ...mandateClaim(world.authority.mandate), purposes: ['INVESTIGATION', 'PROSECUTION'] },
        }),
      }),
    ],
    [
      'a later last day than the mandate’s',
      async () => ({
        countryToken: await tokenWith({
          mandate: { ...mandateClaim(world.authority.mandate), not_after: '2099-12-31' },
        }),
      }),
    ],
    ['a mandate that does not name the country', () => withMandate({ countries: ['GT', 'SV'] })],
    ['a mandate that is over', () => withMandate({ issued: nowS() - 20 * 86_400, not_after: dayAfter(-3) })],
    ['a mandate that has not begun', () => withMandate({ issued: nowS() + 3_600 })],
    ['a mandate of other officers', () => withMandate({ officers: [{ agency: 'GT-MP-FECO', role: 'analyst' }] })],
    ['a mandate of another country', () => withMandate({ country: 'SV' })],
    ['a mandate that a stranger approved', () => withMandate({}, 'approved by a stranger')],
    ['a mandate with one signature', withOneSignature],
    [
      'a mandate whose proof is of another mandate',
      async () => ({ ...(await withMandate({})), proof: await world.authority.mandate.prove() }),
    ],
    ['a mandate in a tree that no witness saw', withUnseenTree],
  ]
  it.each(attempts)('for %s', async (_what, attempt) => {
    const answer = await world.leg(await attempt())
    expect(answer).toMatchObject({ status: 403, code: 'CALLER_NOT_VERIFIED' })
    expect(answer.data).toBeUndefined()
    refused.set(answer.tokenId, 'CALLER_NOT_VERIFIED')
  })

  const uncounted: readonly [string, Attempt, number, string][] = [
    [
      'with a key that the gateway had before',
      () => ({ key: world.oldKey.privateKey, kid: world.oldKey.thumbprint }),
      401,
      'TOKEN_INVALID',
    ],
    ['with a key that calls itself the gateway’s', () => ({ key: world.oldKey.privateKey }), 401, 'TOKEN_INVALID'],
    [
      'for another query than the leg token’s',
      () => ({ query: CASE, claims: { op: sha256Url('{ another }') } }),
      403,
      'REFUSED_BY_NODE',
    ],
    ['with a country token as its leg token', () => ({ claims: { iss: 'authority' } }), 401, 'TOKEN_INVALID'],
    [
      'for a mandate without its proof',
      async () => ({ ...(await withMandate({})), proof: undefined }),
      403,
      'MANDATE_UNKNOWN',
    ],
  ]
  it.each(uncounted)('%s', async (_what, attempt, status, code) => {
    const answer = await world.leg({ countryToken: officers, ...(await attempt()) })
    expect(answer).toMatchObject({ status, code })
    refused.set(answer.tokenId, null)
  })

  it('what has a rule, for nobody', async () => {
    const answer = await world.leg({
      countryToken: null,
      claims: { sub: 'anonymous', scope: 'case:read', grounds: undefined },
    })
    expect(answer).toMatchObject({ status: 403, code: 'REFUSED_BY_NODE' })
    refused.set(answer.tokenId, 'REFUSED_BY_NODE')
  })

  it.each<[string, Attempt]>([
    ['the country token lacks', async () => ({ countryToken: await tokenWith({ scope: 'person:read' }) })],
    ['the leg does not claim', () => ({ countryToken: officers, claims: { scope: 'person:read' } })],
    ['the mandate lacks', () => withMandate({ scopes: ['person:read'] })],
  ])('the scope that %s', async (_what, attempt) => {
    const answer = await world.leg(await attempt())
    expect(answer.data ?? null).toBeNull()
    expect(answer.code).toBe('REFUSED_BY_NODE')
    refused.set(answer.tokenId, 'REFUSED_BY_NODE')
  })

  it('in the country’s own log too: each leg with a good leg token has an entry, and each other one is counted', async () => {
    const wanted = [...refused].filter(([, code]) => code !== null)
    const legs = () => world.entriesOf('HN').then((all) => all.filter((entry) => entry.kind === 'leg'))
    // The log publishes its entries a moment after they are written.
    await expect.poll(async () => (await legs()).length, { timeout: 10_000 }).toBe(wanted.length + 2)
    const found = new Map((await legs()).map((entry) => [entry.tokenId, entry]))
    for (const [tokenId, code] of wanted) expect(found.get(tokenId)?.result).toMatchObject({ status: 403, code })
    const unbelieved = [...found.values()].filter(({ result }) => result.code === 'CALLER_NOT_VERIFIED')
    expect(unbelieved.every(({ actor }) => actor === null)).toBe(true)
  })

  async function withMandate(changes: object, how?: 'approved by a stranger'): Promise<LegParts> {
    const mandate = await world.authority.mandates.make(changes, how)
    const proof = await mandate.prove()
    return { countryToken: await tokenWith({ mandate: mandateClaim(mandate) }), proof }
  }

  async function withOneSignature(): Promise<LegParts> {
    const mandate = await world.authority.mandates.make()
    const document = { ...mandate.signed, signatures: mandate.signed.signatures.slice(0, 1) }
    return {
      countryToken: await tokenWith({ mandate: mandateClaim(mandate) }),
      proof: { ...(await mandate.prove()), document },
    }
  }

  async function withUnseenTree(): Promise<LegParts> {
    const mandate = await world.authority.mandates.make()
    const proof = await mandate.prove()
    const [log] = String(proof.checkpoint).split('\n\n')
    const lines = String(proof.checkpoint)
      .split('\n')
      .filter((line) => !line.includes('witness.hn.example'))
    expect(log).toContain('authority.gt.example')
    return {
      countryToken: await tokenWith({ mandate: mandateClaim(mandate) }),
      proof: { ...proof, checkpoint: lines.join('\n') },
    }
  }
})

function dayAfter(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
}
