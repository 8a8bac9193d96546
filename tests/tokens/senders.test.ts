import { createHash, X509Certificate } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { generate } from 'selfsigned'
import { Agent, fetch as fetchBy } from 'undici'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, OPERATION, type Reply, readReply } from './ask.ts'
import { createPlace, type GatewayProcess, type Place } from './gateway-process.ts'
import { claimsOf, createProvider, type IdentityProvider, proveWith, signAs } from './identity-provider.ts'

const PUBLIC_URL = 'https://istmo.example'

interface Pair {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
}
interface Certificate {
  readonly key: string
  readonly cert: string
}

let place: Place
let gt: IdentityProvider
let plain: GatewayProcess
let named: GatewayProcess
let tls: GatewayProcess
let authority: Certificate
let sender: Pair
const agents: Agent[] = []

/** A certificate that `signer` signed, or a self-signed one. */
async function certify(name: string, signer?: Certificate): Promise<Certificate> {
  const altNames = [{ type: 7 as const, ip: '127.0.0.1' }]
  const extensions = [
    { name: 'basicConstraints' as const, cA: signer === undefined },
    { name: 'subjectAltName' as const, altNames },
  ]
  const settings = { keyType: 'ec' as const, algorithm: 'sha256', extensions }
  const made = await generate([{ name: 'commonName', value: name }], { ...settings, ...(signer && { ca: signer }) })
  return { key: made.private, cert: made.cert }
}

beforeAll(async () => {
  place = await createPlace()
  gt = await createProvider('GT', place.folder)
  sender = await generateKeyPair('ES256', { extractable: true })
  authority = await certify('authority')
  const server = await certify('gateway', authority)
  const files = {
    key: join(place.folder, 'key.pem'),
    cert: join(place.folder, 'cert.pem'),
    ca: join(place.folder, 'ca.pem'),
  }
  await writeFile(files.key, server.key)
  await writeFile(files.cert, server.cert)
  await writeFile(files.ca, authority.cert)
  const issuers = ['--issuers', await place.writeIssuers([gt.entry])]
  plain = await place.start(...issuers)
  named = await place.start(...issuers, '--public-url', `${PUBLIC_URL}/`)
  tls = await place.start(...issuers, '--tls-key', files.key, '--tls-cert', files.cert, '--tls-client-ca', files.ca)
})
afterAll(async () => {
  for (const agent of agents) await agent.close()
  await place.remove()
})

async function boundToKey(): Promise<string> {
  const jkt = await calculateJwkThumbprint(await exportJWK(sender.publicKey))
  return signAs(gt, { ...claimsOf(gt), cnf: { jkt } })
}

/** Asks for a nonce, as a tool does: with a proof that has none. */
async function fetchNonce(token: string, to: GatewayProcess, url: string): Promise<string> {
  const dpop = await proveWith(sender, { token, method: 'POST', url })
  const { status, code, challenge, nonce } = await ask(to.url, { authorization: `DPoP ${token}`, dpop })
  expect([status, code]).toEqual([401, 'NONCE_REQUIRED'])
  expect(challenge).toMatch(
    /DPoP realm="istmo", algs="ES256 EdDSA", error="use_dpop_nonce", error_description="[^"]+"$/,
  )
  return nonce ?? ''
}

describe('a token that is bound to a key', () => {
  const prove = async (token: string, over: object = {}) => {
    const url = `${plain.url}/graphql`
    const nonce = await fetchNonce(token, plain, url)
    return proveWith(sender, { token, method: 'POST', url, nonce, ...over })
  }
  const send = (token: string, dpop: string, to = plain) => ask(to.url, { authorization: `DPoP ${token}`, dpop })

  it('is accepted with a proof for the gateway’s address, and each proof is accepted once', async () => {
    const token = await boundToKey()
    const proof = await prove(token)
    expect(await send(token, proof)).toMatchObject({ status: 200, code: 'accepted' })
    const replayed = await send(token, proof)
    expect(replayed).toMatchObject({ status: 401, code: 'PROOF_INVALID' })
    expect(replayed.challenge).toMatch(
      /DPoP realm="istmo", algs="ES256 EdDSA", error="invalid_dpop_proof", error_description="[^"]+"$/,
    )
    expect(await send(token, await prove(token))).toMatchObject({ status: 200 })
  })

  it('is rejected under the scheme Bearer, without a proof, and with a proof for another request', async () => {
    const token = await boundToKey()
    const bearer = await ask(plain.url, { authorization: `Bearer ${token}`, dpop: await prove(token) })
    const bare = await ask(plain.url, { authorization: `DPoP ${token}` })
    const method = await send(token, await prove(token, { method: 'GET' }))
    const address = await send(token, await prove(token, { url: `${plain.url}/` }))
    const other = await send(token, await prove(await boundToKey()))
    for (const reply of [bearer, bare, method, address, other]) {
      expect(reply).toMatchObject({ status: 401, code: 'PROOF_INVALID' })
    }
  })

  it('is not accepted with a proof that was made in advance, or with the nonce of another gateway', async () => {
    const token = await boundToKey()
    const nonce = await fetchNonce(token, named, `${PUBLIC_URL}/graphql`)
    for (const other of [undefined, nonce, 'AAAA']) {
      expect(await send(token, await prove(token, { nonce: other }))).toMatchObject({
        status: 401,
        code: 'NONCE_REQUIRED',
      })
    }
  })

  it('says nothing of a nonce to a sender without the key', async () => {
    const thief = await generateKeyPair('ES256', { extractable: true })
    const token = await boundToKey()
    const dpop = await proveWith(thief, { token, method: 'POST', url: `${plain.url}/graphql` })
    expect(await send(token, dpop)).toMatchObject({ status: 401, code: 'PROOF_INVALID', nonce: null })
  })

  it('is accepted by GET with a proof for GET', async () => {
    const token = await boundToKey()
    const dpop = await prove(token, { method: 'GET' })
    const headers = { authorization: `DPoP ${token}`, dpop, 'apollo-require-preflight': '1' }
    const response = await fetch(`${plain.url}/graphql?query=${encodeURIComponent(OPERATION)}`, { headers })
    expect(response.status).toBe(200)
  })

  it('needs a proof for the public address if that is set, whatever Host says', async () => {
    const token = await boundToKey()
    const url = `${PUBLIC_URL}/graphql`
    const nonce = await fetchNonce(token, named, url)
    expect(await send(token, await prove(token, { url, nonce }), named)).toMatchObject({ status: 200 })
    const own = await prove(token, { url: `${named.url}/graphql` })
    expect(await send(token, own, named)).toMatchObject({ status: 401, code: 'PROOF_INVALID' })
  })
})

describe('a token that is bound to a certificate', () => {
  const boundTo = ({ cert }: Certificate) => {
    const thumbprint = createHash('sha256').update(new X509Certificate(cert).raw).digest('base64url')
    return signAs(gt, { ...claimsOf(gt), cnf: { 'x5t#S256': thumbprint } })
  }

  async function askOverTls(token: string, client?: Certificate): Promise<Reply> {
    const dispatcher = new Agent({ connect: { ca: authority.cert, ...client } })
    agents.push(dispatcher)
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const body = JSON.stringify({ query: OPERATION })
    const response = await fetchBy(`${tls.url}/graphql`, { method: 'POST', headers, body, dispatcher })
    return readReply(response.status, response.headers, await response.text())
  }

  it('is accepted over TLS with that certificate, on each request', async () => {
    const client = await certify('caller', authority)
    const token = await boundTo(client)
    for (let time = 0; time < 3; time += 1) {
      expect(await askOverTls(token, client)).toMatchObject({ status: 200, code: 'accepted' })
    }
  })

  it('is rejected with another certificate of the same authority, and without one', async () => {
    const token = await boundTo(await certify('caller', authority))
    for (const client of [await certify('somebody else', authority), undefined]) {
      const reply = await askOverTls(token, client)
      expect(reply).toMatchObject({ status: 401, code: 'PROOF_INVALID' })
      expect(reply.challenge).toMatch(/^Bearer realm="istmo", error="invalid_token"/)
    }
  })

  it('is rejected with that certificate if no trusted authority signed it', async () => {
    const client = await certify('made at home')
    expect(await askOverTls(await boundTo(client), client)).toMatchObject({ status: 401, code: 'PROOF_INVALID' })
  })

  it('is rejected without TLS', async () => {
    const token = await boundTo(await certify('caller', authority))
    expect(await ask(plain.url, { authorization: `Bearer ${token}` })).toMatchObject({
      status: 401,
      code: 'PROOF_INVALID',
    })
  })

  it('does not affect tokens that are bound to nothing, with and without a certificate', async () => {
    const token = await signAs(gt, claimsOf(gt))
    for (const client of [await certify('caller', authority), undefined]) {
      expect(await askOverTls(token, client)).toMatchObject({ status: 200, code: 'accepted' })
    }
  })
})

describe('a gateway does not start', () => {
  it.each<[string, () => readonly string[], RegExp]>([
    [
      'with a key that does not exist',
      () => ['nowhere.pem', 'cert.pem', 'ca.pem'],
      /nowhere\.pem: expected a readable file; there is no such file .*--tls-key/,
    ],
    [
      'with a certificate of another key',
      () => ['key.pem', 'ca.pem', 'ca.pem'],
      /ca\.pem: expected a certificate for the key/,
    ],
    [
      'with a file that has no authorities',
      () => ['key.pem', 'cert.pem', 'key.pem'],
      /key\.pem: expected certificates .*--tls-client-ca/,
    ],
  ])('%s, and names file and setting', async (_, names, message) => {
    const [key = '', cert = '', ca = ''] = names().map((name) => join(place.folder, name))
    const issuers = await place.writeIssuers([gt.entry])
    const start = place.start('--issuers', issuers, '--tls-key', key, '--tls-cert', cert, '--tls-client-ca', ca)
    await expect(start).rejects.toThrow(message)
  })
})
