/** Both exchanges of a mandate authority, over HTTP and a real database. */
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addSigningKey } from '../../authority/keys/signing-keys.ts'
import { createCountryTokenVerifier, type VerifyCountryToken } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { readKeySet } from '../../contract/trust/key-set.ts'
import {
  ask,
  claimsIn,
  createSession,
  exchange,
  exchangeForm,
  fetchNonce,
  gatewayAuthentication,
  getAccessToken,
  post,
  type Session,
  toolForm,
} from './clients.ts'
import { createTestDatabase } from './database.ts'
import { readLog } from './read-log.ts'
import { type Running, startTestAuthority } from './running.ts'
import {
  assertionOf,
  GATEWAY_ADDRESS,
  GRANT_TYPE,
  ISSUER,
  type Key,
  MANDATES,
  proofOf,
  providerClaims,
  sign,
  type World,
} from './world.ts'

const COUNTRIES = ['HN', 'SV', 'CR', 'PA', 'NI'] as const

let running: Running
let world: World
let nonce: string
let session: Session
beforeAll(async () => {
  running = await startTestAuthority()
  world = running.world
  nonce = await fetchNonce(running.url, world)
  session = await createSession()
})
afterAll(() => running.remove())

async function newAccessToken(): Promise<string> {
  return String((await getAccessToken(running.url, world, session, { nonce })).body.access_token)
}

/** The check that a country's node makes, with the keys that the authority publishes. */
async function verifierOf(country: string): Promise<VerifyCountryToken> {
  const keys = await readKeySet(await (await fetch(`${running.url}/jwks`)).json())
  const findKey = async (kid: string) => keys.get(kid) ?? null
  const pinned = { country: 'GT', authority: ISSUER, keys: new Set([world.signingKid]), findKey }
  return createCountryTokenVerifier({ country, callers: [pinned] })
}

describe('a tool', () => {
  it('gets an access token of ten minutes for its gateway, bound to the key of its session', async () => {
    const answer = await getAccessToken(running.url, world, session, { nonce })
    const issued = 'urn:ietf:params:oauth:token-type:access_token'
    expect(answer.body).toMatchObject({ token_type: 'DPoP', expires_in: 600, issued_token_type: issued })
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
        { type: 'istmo_mandate', hash: MANDATES[0]?.hash, ...MANDATES[0]?.document, scopes: undefined },
      ],
      may_act: { sub: 'istmo' },
      cnf: { jkt: session.thumbprint },
    })
  })

  it('gets no token that outlives the login', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 40
    const answer = await getAccessToken(running.url, world, session, { nonce, claims: { exp } })
    expect(claimsIn(answer).exp).toBe(exp)
  })

  it('chooses one of several mandates by its hash, and asks for fewer scopes', async () => {
    const form = { mandate: 'n'.repeat(43), scope: 'case:read' }
    const answer = await getAccessToken(running.url, world, session, { nonce, form, claims: { sub: 'two-mandates' } })
    expect(claimsIn(answer)).toMatchObject({ scope: 'case:read', authorization_details: [{ hash: 'n'.repeat(43) }] })
  })

  it('that has a key of its own authenticates with it', async () => {
    const form = {
      ...(await toolForm(world, { client_id: undefined }, { azp: 'server-tool' })),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertionOf('server-tool', world.confidentialTool),
    }
    const answer = await post(running.url, form, { dpop: await proofOf(session.proofKey, nonce) })
    expect(claimsIn(answer)).toMatchObject({ client_id: 'server-tool', scope: 'case:read' })
  })

  it('of a development has a bearer token, whose exchange needs no statement and carries none', async () => {
    const form = await toolForm(world, { client_id: 'script' }, { azp: 'script' })
    const answer = await post(running.url, form)
    expect(answer.body.token_type).toBe('Bearer')
    const country = await exchange(running.url, world, String(answer.body.access_token), { nonce })
    const claims = claimsIn(country)
    expect(claims).toMatchObject({ client_id: 'script', cnf: { jkt: world.gateway.thumbprint } })
    expect(Object.keys(claims)).not.toEqual(expect.arrayContaining(['question']))
    await (await verifierOf('HN'))(String(country.body.access_token))
  })
})

describe('a gateway', () => {
  it('gets a country token that the node verifies, for a question that discloses the country', async () => {
    const accessToken = await newAccessToken()
    const question = ask(session, accessToken)
    const answer = await exchange(running.url, world, accessToken, { question, nonce, mandate_proof: '1' })
    expect(answer.body).toMatchObject({
      ...{ issued_token_type: 'urn:istmo:token-type:country-token', token_type: 'N_A', expires_in: 300 },
      mandate_proof: { of: MANDATES[0]?.hash, for: 'HN' },
    })
    const claims = await (await verifierOf('HN'))(String(answer.body.access_token))
    const { jti } = decodeJwt(question.split('~', 1)[0] ?? '')
    expect(claims).toMatchObject({
      ...{ act: { sub: 'istmo' }, client_id: 'console', scope: 'case:read person:read', acr: '2' },
      ...{ cnf: { jkt: world.gateway.thumbprint }, caller_iss: ISSUER, caller_jti: decodeJwt(accessToken).jti },
      ...{ caller_jkt: session.thumbprint, caller_ath: sha256Url(accessToken), question: jti },
      mandate: { hash: MANDATES[0]?.hash, task_force: 'jtf-2026-03', not_after: '2027-03-31' },
    })
    expect(JSON.stringify(claims)).not.toMatch(/"(SV|CR|PA|NI)"/)
    await expect((await verifierOf('SV'))(String(answer.body.access_token))).rejects.toThrow('`aud` to be SV')
  })

  it('gets no token that outlives the access token', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 50
    const access = await getAccessToken(running.url, world, session, { nonce, claims: { exp } })
    const accessToken = String(access.body.access_token)
    const answer = await exchange(running.url, world, accessToken, { question: ask(session, accessToken), nonce })
    expect(claimsIn(answer).exp).toBe(exp)
  })

  it('asks five countries at once: five subjects, and one statement for all', async () => {
    const accessToken = await newAccessToken()
    const question = ask(session, accessToken, { countries: ['*'] })
    const forms = await Promise.all(
      COUNTRIES.map(async (audience) => ({
        form: await exchangeForm(world, accessToken, { audience, question }),
        dpop: await proofOf(world.gateway, nonce),
      })),
    )
    const answers = await Promise.all(forms.map(({ form, dpop }) => post(running.url, form, { dpop })))
    const claims = answers.map(claimsIn)
    expect(claims.map(({ aud }) => aud)).toEqual(COUNTRIES)
    expect(new Set(claims.map(({ sub }) => sub)).size).toBe(5)
    // The same officer has the same subject in the same country.
    const again = await exchange(running.url, world, accessToken, { question, nonce })
    expect(claimsIn(again).sub).toBe(claims[0]?.sub)
  })
})

describe('the log is the truth', () => {
  it('has a grant for each access token and an exchange for each country token, with the officer under a ref', async () => {
    const accessToken = await newAccessToken()
    const answer = await exchange(running.url, world, accessToken, { question: ask(session, accessToken), nonce })
    await running.restart()
    nonce = await fetchNonce(running.url, world)
    const entries = await readLog(world)
    const { jti: tokenId } = decodeJwt(accessToken)
    const grant = entries.find((entry) => entry.kind === 'access-token' && entry.tokenId === tokenId)
    const exchanged = entries.find((entry) => entry.kind === 'country-token' && entry.grant === tokenId)
    expect(grant).toMatchObject({ client: 'console', gateway: 'istmo', mandate: MANDATES[0]?.hash, isBound: true })
    expect(exchanged).toMatchObject({
      country: 'HN',
      tokenId: claimsIn(answer).jti,
      question: claimsIn(answer).question,
    })
    expect(exchanged).toMatchObject({ officer: (grant as { officer: string }).officer })
    expect(JSON.stringify(entries)).not.toContain('officer-1')
  })

  it('rebuilds a database that was deleted, and accepts no assertion that was made before', async () => {
    const accessToken = await newAccessToken()
    const old = await assertionOf('gw', world.gateway, { iat: Math.floor(Date.now() / 1_000) - 5 })
    const empty = await createTestDatabase()
    await running.restart(empty)
    nonce = await fetchNonce(running.url, world)
    const question = ask(session, accessToken)
    expect((await exchange(running.url, world, accessToken, { question, nonce })).status).toBe(200)
    const replayed = await exchange(running.url, world, accessToken, { question, nonce, client_assertion: old })
    expect(replayed.body).toMatchObject({ reason: 'ASSERTION_INVALID' })
    // The older database comes back, and lacks what happened since.
    const later = await newAccessToken()
    await running.restart()
    await empty.remove()
    nonce = await fetchNonce(running.url, world)
    expect((await exchange(running.url, world, later, { question: ask(session, later), nonce })).status).toBe(200)
  })

  it('gives a country token although the database failed over to a standby that had not received the grant', async () => {
    const { query } = await running.database.open()
    const [before] = await query<{ next: number; last: string }>('select next, last from istmo_authority.position')
    const accessToken = await newAccessToken()
    const used = await assertionOf('gw', world.gateway, { iat: Math.floor(Date.now() / 1_000) - 5 })
    await query('delete from istmo_authority.grants where token_id = $1', [decodeJwt(accessToken).jti])
    await query('update istmo_authority.position set next = $1, last = $2', [before?.next, before?.last])
    const question = ask(session, accessToken)
    const old = nonce
    const first = await exchange(running.url, world, accessToken, { question, nonce })
    nonce = await fetchNonce(running.url, world)
    // If the authority looked in between, it has asked for a new nonce already.
    const answer = first.status === 200 ? first : await exchange(running.url, world, accessToken, { question, nonce })
    expect(answer.status).toBe(200)
    // The log has no uses, so the authority cannot know which ones the standby had not received: what was made before is refused.
    const again = await exchange(running.url, world, accessToken, { question, nonce: old })
    expect(again.body).toMatchObject({ error: 'use_dpop_nonce' })
    const replayed = await exchange(running.url, world, accessToken, { question, nonce, client_assertion: used })
    expect(replayed.body).toMatchObject({ reason: 'ASSERTION_INVALID' })
  })

  it('gives no token while the database is away, and goes on when it is back', async () => {
    const accessToken = await newAccessToken()
    running.database.setAway(true)
    const tried = await getAccessToken(running.url, world, session, { nonce })
    expect(tried).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable', reason: 'UNAVAILABLE' } })
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(503)
    running.database.setAway(false)
    const answer = await exchange(running.url, world, accessToken, { question: ask(session, accessToken), nonce })
    expect(answer.status).toBe(200)
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200)
  })
})

describe('keys are rotated in use', () => {
  it('a new one is published at once and signs after 15 minutes, and an old one stays until its last token ended', async () => {
    const kidOf = (token: string) => decodeProtectedHeader(token).kid
    const published = async () =>
      ((await (await fetch(`${running.url}/jwks`)).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
    const added = await addSigningKey(join(world.folder, 'keys/signing.json'), Date.now() / 1_000)
    await running.authority.reload()
    expect(await published()).toEqual([world.signingKid, added])
    expect(kidOf(await newAccessToken())).toBe(world.signingKid)
    running.aheadS = 14 * 60
    const inTime = async () => {
      const at = Date.now() / 1_000 + running.aheadS
      const proof = (key: Key) => proofOf(key, nonce, { iat: Math.floor(at) })
      nonce = (await post(running.url, await gatewayForm(at), { dpop: await proof(world.gateway) })).nonce ?? nonce
      const form = { ...(await toolForm(world)), subject_token: await sign(providerClaims({}, at), world.provider) }
      const answer = await post(running.url, form, { dpop: await proof(session.proofKey) })
      return String(answer.body.access_token)
    }
    const old = await inTime()
    expect(kidOf(old)).toBe(world.signingKid)
    running.aheadS = 15 * 60 + 5
    expect(kidOf(await inTime())).toBe(added)
    // The token of the old key is still good, and its country token has the new one.
    const iat = Math.floor(Date.now() / 1_000) + running.aheadS
    const form = {
      ...(await gatewayForm(iat)),
      audience: 'HN',
      subject_token: old,
      question: ask(session, old, { iat }),
    }
    const answer = await post(running.url, form, { dpop: await proofOf(world.gateway, nonce, { iat }) })
    expect(kidOf(String(answer.body.access_token))).toBe(added)
    running.aheadS = 26 * 60
    expect(await published()).toEqual([added])
    running.aheadS = 0
    nonce = await fetchNonce(running.url, world)
  })

  it('a suspended one is neither published nor accepted, at once', async () => {
    const accessToken = await newAccessToken()
    expect(await running.act('suspend', { key: world.signingKid })).toBeNull()
    const { keys } = (await (await fetch(`${running.url}/jwks`)).json()) as { keys: { kid: string }[] }
    expect(keys.map(({ kid }) => kid)).not.toContain(world.signingKid)
    const refused = await exchange(running.url, world, accessToken, { nonce, question: ask(session, accessToken) })
    expect(refused.body).toMatchObject({ reason: 'SUBJECT_TOKEN_INVALID' })
    expect(decodeProtectedHeader(await newAccessToken()).kid).toBe(keys[0]?.kid)
    expect(await running.act('resume', { key: world.signingKid })).toBeNull()
  })
})

/** The parameters of the gateway's exchange at another time, in seconds since 1970. */
async function gatewayForm(at: number) {
  const iat = Math.floor(at)
  return {
    ...{ grant_type: GRANT_TYPE, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' },
    ...(await gatewayAuthentication(world, world.gateway, { iat, exp: iat + 60 })),
  }
}

describe('the authority describes itself', () => {
  it('by RFC 8414, with the grant of RFC 8693', async () => {
    const response = await fetch(`${running.url}/.well-known/oauth-authorization-server`)
    expect(await response.json()).toEqual({
      ...{
        issuer: ISSUER,
        token_endpoint: `${ISSUER}/token`,
        jwks_uri: `${ISSUER}/jwks`,
        response_types_supported: [],
      },
      grant_types_supported: ['urn:ietf:params:oauth:grant-type:token-exchange'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'none'],
      token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'ES256'],
      dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
      authorization_details_types_supported: ['istmo_mandate'],
    })
  })

  it('and serves its log’s key, checkpoint and hashes, but neither its entries nor other files', async () => {
    const statusOf = async (path: string) => (await fetch(`${running.url}${path}`)).status
    expect(await (await fetch(`${running.url}/vkey`)).text()).toBe(`${running.authority.vkey}\n`)
    expect(await (await fetch(`${running.url}/log/checkpoint`)).text()).toContain('authority.gt.istmo.gob\n')
    const [, size] = (await (await fetch(`${running.url}/log/checkpoint`)).text()).split('\n')
    expect(await statusOf(`/log/tile/0/000.p/${size}`)).toBe(200)
    expect(await statusOf(`/log/tile/entries/000.p/${size}`)).toBe(404)
    expect(await statusOf('/log/rotations/..%2F..%2Fsalts/x')).toBe(404)
    expect(await statusOf('/log/journal/0')).toBe(404)
    expect(await statusOf('/nothing')).toBe(404)
    expect((await fetch(`${running.url}/jwks`, { method: 'POST' })).status).toBe(405)
    expect(await statusOf('/health/live')).toBe(200)
  })
})

describe('the forms of the RFCs', () => {
  it('are refused as RFC 6749 section 5.2 says: an error in ASCII, not to be stored, and 401 for a client that is not known', async () => {
    const response = await fetch(`${running.url}/token`, {
      method: 'POST',
      // The request of RFC 8693 section 2.3, whose client this authority does not know.
      headers: {
        authorization: 'Basic cnMwODpsb25nLXNlY3VyZS1yYW5kb20tc2VjcmV0',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body:
        'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&resource=https%3A%2F%2Fbackend.example.com%2Fapi' +
        '&subject_token=accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC' +
        '&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token',
    })
    expect(response.status).toBe(400)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    const unknown = await post(running.url, await toolForm(world, { client_id: 'nobody' }))
    expect(unknown).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(unknown.body.error_description).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/)
  })

  it('refuse a body that is JSON, too large, or not UTF-8', async () => {
    const send = async (body: string | Buffer<ArrayBuffer>, type = 'application/x-www-form-urlencoded') =>
      (await fetch(`${running.url}/token`, { method: 'POST', body, headers: { 'content-type': type } })).status
    expect(await send('{}', 'application/json')).toBe(400)
    expect(await send(`subject_token=${'a'.repeat(300_000)}`)).toBe(400)
    expect(await send(Buffer.from([0x61, 0x3d, 0xff]))).toBe(400)
  })

  it('accept a token of the provider by its other names in RFC 8693', async () => {
    const subject_token = await sign(providerClaims(), world.provider)
    for (const type of ['jwt', 'access_token']) {
      const form = { subject_token, subject_token_type: `urn:ietf:params:oauth:token-type:${type}` }
      expect((await getAccessToken(running.url, world, session, { nonce, form })).status).toBe(200)
    }
  })
})

describe('an authority that drains', () => {
  it('says that it is not ready, and still answers', async () => {
    running.authority.drain()
    const ready = await fetch(`${running.url}/health/ready`)
    expect([ready.status, await ready.json()]).toEqual([503, { ready: false, code: 'SHUTTING_DOWN' }])
    expect((await getAccessToken(running.url, world, session, { nonce })).status).toBe(200)
  })
})
