import { randomUUID } from 'node:crypto'
import { CompactSign, type CryptoKey, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../tokens/ask.ts'
import { createPlace, type GatewayProcess, type Place } from '../tokens/gateway-process.ts'
import { proveWith } from '../tokens/identity-provider.ts'
import { POINTERS, RESOURCE, type RunningProvider, startProvider } from './provider.ts'

let provider: RunningProvider
let place: Place
let gateway: GatewayProcess
let sender: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }

beforeAll(async () => {
  provider = await startProvider()
  place = await createPlace()
  const { jwks_uri: jwks } = (await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json()) as {
    jwks_uri: string
  }
  const entry = { issuer: provider.issuer, audience: RESOURCE, jwks, algorithms: ['ES256'], country: 'HN' }
  gateway = await place.start('--issuers', await place.writeIssuers([{ ...entry, claims: POINTERS }]))
  sender = await generateKeyPair('ES256', { extractable: true })
})
afterAll(async () => {
  await place.remove()
  await provider.close()
})

/** A proof for the provider's token endpoint, before there is a token. */
async function proveToProvider(): Promise<string> {
  const claims = { jti: randomUUID(), htm: 'POST', htu: `${provider.issuer}/token`, iat: Math.floor(Date.now() / 1000) }
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: await exportJWK(sender.publicKey) })
    .sign(sender.privateKey)
}

const prove = async (token: string): Promise<string> => {
  const request = { token, method: 'POST', url: `${gateway.url}/graphql` }
  const { nonce } = await ask(gateway.url, { authorization: `DPoP ${token}`, dpop: await proveWith(sender, request) })
  return proveWith(sender, { ...request, ...(nonce !== null && { nonce }) })
}
const stated = { 'istmo-mandate': 'purpose=INVESTIGATION' }

describe('a token of an OpenID provider', () => {
  it('is accepted, with country, agency and mandate in the claims that the issuer’s entry names', async () => {
    const token = await provider.token('tool')
    expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' })
    expect(decodeJwt(token)).not.toHaveProperty('org')
    expect(await ask(gateway.url, { authorization: `Bearer ${token}` })).toMatchObject({
      status: 200,
      code: 'accepted',
    })
  })

  it('acts within the mandate that the provider wrote', async () => {
    const authorization = `Bearer ${await provider.token('tool')}`
    for (const purpose of ['INVESTIGATION', 'PROSECUTION']) {
      expect(await ask(gateway.url, { authorization, 'istmo-mandate': `purpose=${purpose}` })).toMatchObject({
        status: 200,
      })
    }
    const outside = await ask(gateway.url, { authorization, 'istmo-mandate': 'purpose=OVERSIGHT' })
    expect(outside).toMatchObject({ status: 403, code: 'MANDATE_NOT_COVERED' })
  })

  it('of the same provider for another resource is rejected', async () => {
    const token = await provider.token('tool', { resource: 'https://other.example' })
    expect(decodeJwt(token)).toMatchObject({ iss: provider.issuer, aud: 'https://other.example' })
    const reply = await ask(gateway.url, { authorization: `Bearer ${token}` })
    expect(reply).toMatchObject({ status: 401, code: 'TOKEN_INVALID' })
  })
})

describe('a token of an OpenID provider that is bound to a key by DPoP', () => {
  it('is accepted with a proof, and each proof once', async () => {
    const token = await provider.token('bound-tool', { proof: await proveToProvider() })
    expect(decodeJwt(token)).toMatchObject({ cnf: { jkt: expect.stringMatching(/^[\w-]{43}$/) } })
    const headers = { authorization: `DPoP ${token}`, dpop: await prove(token), ...stated }
    expect(await ask(gateway.url, headers)).toMatchObject({ status: 200, code: 'accepted' })
    expect(await ask(gateway.url, headers)).toMatchObject({ status: 401, code: 'PROOF_INVALID' })
    expect(await ask(gateway.url, { ...headers, dpop: await prove(token) })).toMatchObject({ status: 200 })
  })

  it('is rejected without a proof, under the scheme Bearer, and with the proof that the provider got', async () => {
    const toProvider = await proveToProvider()
    const token = await provider.token('bound-tool', { proof: toProvider })
    const attempts = [
      { authorization: `DPoP ${token}` },
      { authorization: `Bearer ${token}` },
      { authorization: `Bearer ${token}`, dpop: await prove(token) },
      { authorization: `DPoP ${token}`, dpop: toProvider },
    ]
    for (const headers of attempts) {
      expect(await ask(gateway.url, headers)).toMatchObject({ status: 401, code: 'PROOF_INVALID' })
    }
  })

  it('is rejected with another sender’s proof', async () => {
    const token = await provider.token('bound-tool', { proof: await proveToProvider() })
    const thief = await generateKeyPair('ES256', { extractable: true })
    const dpop = await proveWith(thief, { token, method: 'POST', url: `${gateway.url}/graphql` })
    const reply = await ask(gateway.url, { authorization: `DPoP ${token}`, dpop })
    expect(reply).toMatchObject({ status: 401, code: 'PROOF_INVALID' })
  })
})
