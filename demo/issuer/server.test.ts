import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEMO_AUDIENCE, type Issuer } from './issuer.ts'
import { createIssuerServer, JWKS_PATH } from './server.ts'
import { signAccessToken } from './token.ts'

let issuer: Issuer
let server: Server
let address: string

beforeAll(async () => {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const key = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: 'k1', x, d } as const
  issuer = { country: 'HN', iss: 'https://id.hn.example', key }
  server = createIssuerServer(issuer, 'http://127.0.0.1:9').listen(0, '127.0.0.1')
  await once(server, 'listening')
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

describe('the development issuer', () => {
  it('publishes the key that verifies its tokens', async () => {
    const token = await signAccessToken(issuer, { profile: 'analyst' })
    const keys = createRemoteJWKSet(new URL(`${address}${JWKS_PATH}`))
    const { payload } = await jwtVerify(token, keys, { issuer: issuer.iss, audience: DEMO_AUDIENCE, typ: 'at+jwt' })
    expect(payload.org).toMatchObject({ country: 'HN', agency: 'HN-MP-FECO' })
  })

  it('does not publish the private part of the key', async () => {
    const text = await (await fetch(`${address}${JWKS_PATH}`)).text()
    expect(text).not.toContain(issuer.key.d)
    expect(JSON.parse(text).keys[0]).not.toHaveProperty('d')
  })

  it('says who it is and where its keys are', async () => {
    const response = await fetch(`${address}/.well-known/openid-configuration`)
    expect(await response.json()).toMatchObject({ issuer: issuer.iss, jwks_uri: `http://127.0.0.1:9${JWKS_PATH}` })
  })

  it.each([
    ['GET', '/', 404],
    ['GET', '/toString', 404],
    ['POST', JWKS_PATH, 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect((await fetch(`${address}${path}`, { method })).status).toBe(status)
  })
})
