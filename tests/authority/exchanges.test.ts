/** Both exchanges of a mandate authority, over HTTP and a real database. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK, type JSONWebKeySet, jwtVerify } from 'jose'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authority, startAuthority } from '../../authority/main.ts'
import { readAuthoritySettings } from '../../authority/settings/settings.ts'
import { type CountryTokenClaims, createCountryTokenVerifier } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { readKeySet } from '../../contract/trust/key-set.ts'
import { ask, claimsIn, createSession, exchange, fetchNonce, getAccessToken, type Session } from './clients.ts'
import { createTestDatabase, type TestAuthorityDatabase } from './database.ts'
import { readLog } from './read-log.ts'
import { createTestMandates, createWorld, GATEWAY_ADDRESS, ISSUER, MANDATES, type World } from './world.ts'

let world: World
let authority: Authority
let database: TestAuthorityDatabase
let nonce: string
let session: Session
beforeAll(async () => {
  world = await createWorld()
  database = await createTestDatabase()
  authority = await startAuthority({
    ...{ settings: await readAuthoritySettings(world.config), isDevelopment: true, log: pino({ level: 'error' }) },
    openDatabase: database.open,
    openMandates: () => ({ projections: [], mandates: createTestMandates() }),
    findSuspension: () => null,
  })
  nonce = await fetchNonce(authority.url, world)
  session = await createSession()
})
afterAll(async () => {
  await authority?.close()
  await database?.remove()
  await world.remove()
})

describe('a tool', () => {
  it('gets an access token of ten minutes for its gateway, bound to the key of its session', async () => {
    const answer = await getAccessToken(authority.url, world, session, { nonce })
    expect(answer).toMatchObject({ status: 200, body: { token_type: 'DPoP', expires_in: 600 } })
    expect(decodeProtectedHeader(String(answer.body.access_token))).toEqual({
      ...{ alg: 'EdDSA', typ: 'at+jwt', kid: world.signingKid },
    })
    const claims = claimsIn(answer)
    expect(claims).toEqual({
      ...{ iss: ISSUER, aud: GATEWAY_ADDRESS, sub: expect.stringMatching(/^1\.[\w-]{43}$/) },
      ...{ iat: expect.any(Number), exp: Number(claims.iat) + 600, jti: expect.any(String), client_id: 'console' },
      ...{ scope: 'case:read person:read', acr: '2' },
      org: { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' },
      authorization_details: [
        {
          ...{ type: 'istmo_mandate', hash: MANDATES[0]?.hash, task_force: 'jtf-2026-03' },
          ...{ purposes: ['INVESTIGATION'], countries: ['HN', 'SV', 'CR', 'PA', 'NI'] },
          ...{ legal_basis: ['UN:XVIII-12#27'], not_after: '2027-03-31' },
        },
      ],
      may_act: { sub: 'istmo' },
      cnf: { jkt: session.thumbprint },
    })
  })
})

describe('a gateway', () => {
  it('gets a country token that the node verifies, for a question that discloses the country', async () => {
    const access = await getAccessToken(authority.url, world, session, { nonce })
    const accessToken = String(access.body.access_token)
    const question = ask(session, accessToken)
    const answer = await exchange(authority.url, world, accessToken, { question, nonce, mandate_proof: '1' })
    expect(answer).toMatchObject({
      status: 200,
      body: {
        ...{ issued_token_type: 'urn:istmo:token-type:country-token', token_type: 'N_A', expires_in: 300 },
        mandate_proof: { of: MANDATES[0]?.hash, for: 'HN' },
      },
    })
    const keys = await readKeySet(await (await fetch(`${authority.url}/jwks`)).json())
    const verify = createCountryTokenVerifier({
      country: 'HN',
      callers: [
        {
          ...{ country: 'GT', authority: ISSUER, keys: new Set([world.signingKid]) },
          findKey: async (kid) => keys.get(kid) ?? null,
        },
      ],
    })
    const claims: CountryTokenClaims = await verify(String(answer.body.access_token))
    expect(claims).toMatchObject({
      ...{ act: { sub: 'istmo' }, client_id: 'console', scope: 'case:read person:read', acr: '2' },
      ...{ cnf: { jkt: world.gateway.thumbprint }, caller_iss: ISSUER, caller_jti: claimsIn(access).jti },
      ...{ caller_jkt: session.thumbprint, caller_ath: sha256Url(accessToken) },
      ...{ question: decodeJwt(question.split('~', 1)[0] ?? '').jti, org: { country: 'GT', agency: 'GT-MP-FECO' } },
      mandate: { hash: MANDATES[0]?.hash, task_force: 'jtf-2026-03', purposes: ['INVESTIGATION'], not_after: '2027-03-31' },
    })
    expect(claims.exp - claims.iat).toBe(300)
  })
})
