import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '../../contract/access-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { writeLegKey } from '../../demo/keys.ts'
import {
  type CountryTokens,
  createCountryTokens,
  type TokenClock,
} from '../../gateway/leg/country-tokens/country-tokens.ts'
import { startLegClock } from '../../gateway/leg/leg-clock.ts'
import { createLegKey, type LegKey } from '../../gateway/leg/leg-key.ts'
import { aContext, anEndpoint } from '../../gateway/testing.ts'
import type { Leg, RequestContext } from '../../gateway/types/flow.ts'
import { SealedToken } from '../../service/authenticate/sealed-token.ts'
import { createTlsPools, type TlsPools } from '../../service/http/tls-pools.ts'
import { GATEWAY_CLIENT, GATEWAY_NAME, startAuthority, type TestAuthority } from './test-authority.ts'

let folder: string
let key: LegKey
let authority: TestAuthority
let pools: TlsPools
let tokens: CountryTokens

/** Waits for a token also where it is there at once. */
const tokenFor = async (...asked: Parameters<CountryTokens['tokenFor']>) => tokens.tokenFor(...asked)
let warnings: object[]
let statement: string | null
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'istmo-exchange-'))
  const file = join(folder, 'leg.json')
  await writeLegKey(file, join(folder, 'jwks.json'))
  key = await createLegKey(file)
  const { kty, crv, x } = JSON.parse(await readFile(file, 'utf8'))
  authority = await startAuthority({ kty, crv, x })
})
afterAll(async () => {
  await authority.close()
  await rm(folder, { recursive: true })
})
beforeEach(() => {
  authority.behave('normally')
  authority.exchanges.length = 0
  authority.requests = 0
  pools = createTlsPools()
  warnings = []
  statement = null
  tokens = createCountryTokens({
    authorities: [{ issuer: authority.url, tokenEndpoint: new URL(`${authority.url}/token`), client: GATEWAY_CLIENT }],
    ...{ key, gateway: GATEWAY_NAME, channelTo: (one) => pools.channelTo(one.tokenEndpoint) },
    statementFor: () => statement,
    log: { warn: (line: object) => void warnings.push(line), info: () => undefined } as never,
  })
})
afterEach(async () => {
  tokens.close()
  await pools.close()
})

const clock = (): TokenClock => ({ ending: null, endsOnTime: () => undefined })

async function anOfficer(changes: Partial<Caller> = {}): Promise<RequestContext> {
  const text = await authority.accessToken()
  const caller: Caller = {
    ...{ issuer: authority.url, subject: 'officer-7', tokenHash: sha256Url(text), scopes: ['case:read'] },
    tokenId: decodeJwt(text).jti ?? '',
    mandate: {
      ...{ type: 'istmo_mandate', task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'] },
      ...{ countries: ['GT', 'HN', 'SV'], not_after: '2099-12-31' },
    },
    ...{ expiresAt: Date.now() / 1000 + 600, ...changes },
  }
  return { ...aContext({ caller, grounds: { purpose: 'INVESTIGATION' } }), accessToken: new SealedToken(text) }
}

describe('a gateway that exchanges an access token', () => {
  it('gets one token for each country, in parallel, and pays for the first nonce once', async () => {
    const officer = await anOfficer()
    const got = await Promise.all(['GT', 'HN', 'SV'].map((country) => tokens.tokenFor(officer, country, clock())))
    expect(got.map((token) => decodeJwt(token?.token ?? '').aud)).toEqual(['GT', 'HN', 'SV'])
    expect(got.map((token) => token?.claims.sub)).toEqual(['GT', 'HN', 'SV'].map((code) => `officer-7-for-${code}`))
    expect(authority.requests).toBe(4)
  })

  it('gets one token for all legs to a country, and the proof of a mandate once', async () => {
    const officer = await anOfficer()
    tokens.noteTaken(officer, 'HN')
    const legs = await Promise.all(Array.from({ length: 8 }, () => tokens.tokenFor(officer, 'HN', clock())))
    expect(new Set(legs).size).toBe(1)
    expect(legs[0]?.proof).toBeUndefined()
    const proven = await Promise.all(Array.from({ length: 8 }, () => tokens.tokenFor(officer, 'HN', clock(), 'needed')))
    expect(new Set(proven).size).toBe(1)
    expect(proven[0]?.proof).toMatchObject({ index: 0 })
    expect(authority.exchanges.map((form) => form.get('mandate_proof'))).toEqual([null, '1'])
  })

  it('shares no token between two access tokens, and gets one token for several questions of one', async () => {
    const [one, other] = [await anOfficer(), await anOfficer()]
    statement = 'statement 1~'
    const first = await tokens.tokenFor(one, 'HN', clock())
    // At once: who finds a token waits for nothing.
    expect(tokens.tokenFor(one, 'HN', clock())).toBe(first)
    expect(await tokens.tokenFor(other, 'HN', clock())).not.toBe(first)
    statement = 'statement 2~'
    expect(await tokens.tokenFor(one, 'HN', clock())).toBe(first)
    expect(authority.exchanges.map((form) => form.get('question'))).toEqual(['statement 1~', 'statement 1~'])
  })

  it('asks nobody for a country outside the mandate, without grounds, or for a caller of another issuer', async () => {
    const officer = await anOfficer()
    expect(await tokens.tokenFor(officer, 'NI', clock())).toBeNull()
    expect(await tokens.tokenFor({ ...officer, grounds: null }, 'HN', clock())).toBeNull()
    expect(await tokens.tokenFor({ ...officer, caller: null }, 'HN', clock())).toBeNull()
    expect(tokens.serves(officer.caller)).toBe(true)
    expect(tokens.serves({ ...officer.caller, issuer: 'https://id.hn.example' } as Caller)).toBe(false)
    expect(authority.requests).toBe(0)
  })

  it('says that the authority refused', async () => {
    authority.behave('refuse')
    await expect(tokens.tokenFor(await anOfficer(), 'HN', clock())).rejects.toThrow(
      'the authority refused: invalid_grant',
    )
  })

  it('asks an authority that fails no more for a moment, and asks it again when it works', async () => {
    authority.behave('fail')
    for (let i = 0; i < 5; i++) {
      await expect(tokens.tokenFor(await anOfficer(), 'HN', clock())).rejects.toMatchObject({
        name: 'AuthorityUnavailable',
      })
    }
    const before = authority.requests
    await expect(tokens.tokenFor(await anOfficer(), 'HN', clock())).rejects.toThrow('several times in a row')
    expect(authority.requests).toBe(before)
    expect(warnings).toMatchObject([{ authority: authority.url, breaker: 'open' }])
    authority.behave('normally')
    const officer = await anOfficer()
    await expect.poll(() => tokenFor(officer, 'HN', clock()).catch(() => null), { timeout: 5_000 }).not.toBeNull()
  })

  it('waits for a silent authority no longer than the leg may take', async () => {
    authority.behave('hang')
    const leg = { endpoint: anEndpoint({ deadlineMs: 200 }) } as Leg
    // Beside it, one that waits as long as the exchange itself does: what counts is which of them ends first, on any machine.
    const patient = tokenFor(await anOfficer(), 'HN', clock()).catch(() => 'the exchange')
    const asking = tokenFor(await anOfficer(), 'HN', startLegClock(leg, aContext()))
    const ended = asking.catch((error: Error) => error.name)
    expect(await Promise.race([patient, ended])).toBe('AuthorityUnavailable')
  })

  it('goes on after the authority closed the connections that were kept alive', async () => {
    await tokens.tokenFor(await anOfficer(), 'HN', clock())
    authority.closeConnections()
    expect(await tokens.tokenFor(await anOfficer(), 'HN', clock())).not.toBeNull()
  })

  it.each([
    ['asks an authority no more that closes a new connection', false, 1],
    ['asks an authority once more that closes a connection which was kept alive', true, 2],
  ])('%s', async (_what, isKept, requests) => {
    if (isKept) await tokens.tokenFor(await anOfficer(), 'HN', clock())
    authority.requests = 0
    authority.behave('break')
    await expect(tokens.tokenFor(await anOfficer(), 'HN', clock())).rejects.toThrow('no connection')
    expect(authority.requests).toBe(requests)
  })

  it.each<[string, object]>([
    ['of another country', { aud: 'SV' }],
    ['for another leg key', { cnf: { jkt: 'x'.repeat(43) } }],
    ['for another gateway', { act: { sub: 'other' } }],
    ['of another authority', { iss: 'https://authority.sv.example' }],
    ['without a mandate', { mandate: undefined }],
    ['for another access token', { caller_jti: 'another' }],
    [
      'with the question of another access token',
      { caller_jkt: 'k'.repeat(43), caller_ath: 'a'.repeat(43), question: 'q' },
    ],
  ])('does not pass on a token %s', async (_what, changes) => {
    authority.claim(changes)
    await expect(tokens.tokenFor(await anOfficer(), 'HN', clock())).rejects.toThrow('this country and this gateway')
    authority.claim({})
  })

  it('asks for no leg under the name of the officer before, although the authority’s way answers one exchange twice', async () => {
    statement = 'statement 1~'
    const [analyst, prosecutor] = [await anOfficer(), await anOfficer()]
    await tokens.tokenFor(analyst, 'HN', clock())
    authority.behave('late')
    await expect(tokens.tokenFor(prosecutor, 'HN', clock())).rejects.toThrow('for this access token')
    // The connection is closed, and a new one has no answer too many.
    const token = await tokens.tokenFor(prosecutor, 'HN', clock())
    expect(token?.claims.caller_jti).toBe(prosecutor.caller?.tokenId)
  })

  it('never shows the access token in a log line or a copy of the request', async () => {
    const officer = await anOfficer()
    const text = officer.accessToken?.reveal() ?? ''
    const { inspect } = await import('node:util')
    for (const shown of [
      JSON.stringify(officer),
      inspect(officer, { depth: 9, showHidden: true }),
      JSON.stringify({ ...officer }),
    ]) {
      expect(shown).not.toContain(text.split('.')[1])
    }
  })
})
