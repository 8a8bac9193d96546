/** The console at the authority itself and beside it: who learns which mandates, and tokens through `istmo console`. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entry, EntryOf } from '../../contract/audit-log/entry.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { claimsIn, createSession, post, toolForm } from '../authority/clients.ts'
import { readLog } from '../authority/read-log.ts'
import { type Running, startTestAuthority } from '../authority/running.ts'
import { ISSUER, MANDATE_CASE, newKey, proofOf, providerClaims, sign } from '../authority/world.ts'
import { askRaw, FILES, readPage, startTestConsole, type TestConsole, writeConsole } from './testing.ts'

let built: string
let running: Running
let beside: TestConsole
beforeAll(async () => {
  built = await writeConsole()
  running = await startTestAuthority({
    console: {
      ...{ files: join(built, 'dist'), gateway: 'https://istmo.example' },
      provider: {
        ...{ issuer: 'https://login.gt.example', client: 'console' },
        ...{ authorizationEndpoint: 'https://login.gt.example/auth', tokenEndpoint: 'https://login.gt.example/token' },
      },
    },
    otherUrls: ['https://consola.gt.example'],
  })
  beside = await startTestConsole({ authority: { issuer: ISSUER, country: 'GT', address: running.url } })
})
afterAll(async () => {
  await beside.remove()
  await running.remove()
  await rm(built, { recursive: true, force: true })
})

const HOST = { host: new URL(ISSUER).host }
const tokenOf = (claims = {}) => sign(providerClaims(claims), running.world.provider)

async function listAt(origin: string, authorization: string | undefined) {
  const headers = authorization === undefined ? {} : { authorization }
  const response = await fetch(`${origin}/console/mandates`, { headers })
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  }
}

/** Waits until the files of the log have an entry. They are written after the answer of a request, up to the newest checkpoint. */
async function findEntry<Kind extends Entry['kind']>(kind: Kind, isIt: (entry: EntryOf<Kind>) => boolean) {
  for (;;) {
    const entries = await readLog(running.world)
    const index = entries.findIndex((entry) => entry.kind === kind && isIt(entry as EntryOf<Kind>))
    if (index >= 0) return { index, entry: entries[index] as EntryOf<Kind> }
    await sleep(50)
  }
}

describe('the mandates of an officer', () => {
  it('are those that name the officer, with what an access token would say of them', async () => {
    const { status, body, headers } = await listAt(running.url, `Bearer ${await tokenOf()}`)
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toEqual({
      officer: {
        ...{ country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor', assurance: '2' },
        expiresAt: expect.any(Number),
      },
      mandates: [
        {
          ...{ hash: 'm'.repeat(43), taskForce: 'jtf-2026-03', purposes: ['INVESTIGATION'] },
          ...{ countries: ['HN', 'SV', 'CR', 'PA', 'NI'], legalBasis: ['UN:XVIII-12#27'], notAfter: '2027-03-31' },
          ...{ timeZone: null, caseDigest: null, scopes: ['case:read', 'person:read'] },
        },
      ],
    })
  })

  it('bring the nonce that the exchange for a token needs next', async () => {
    const nonce = (await listAt(running.url, `Bearer ${await tokenOf()}`)).headers.get('dpop-nonce')
    const session = await createSession()
    const dpop = await proofOf(session.proofKey, nonce, { htu: `${ISSUER}/token` })
    expect((await post(running.url, await toolForm(running.world), { dpop })).status).toBe(200)
    const passedOn = await listAt(beside.origin, `Bearer ${await tokenOf()}`)
    expect(passedOn.headers.get('dpop-nonce')).toEqual(expect.any(String))
    expect((await listAt(running.url, undefined)).headers.get('dpop-nonce')).toBeNull()
  })

  it('are several, one bound to a case, or none', async () => {
    const taskForces = async (claims: object) => {
      const { status, body } = await listAt(running.url, `Bearer ${await tokenOf(claims)}`)
      expect(status).toBe(200)
      return (body.mandates as readonly { taskForce: string; caseDigest: string | null }[]).map(
        ({ taskForce, caseDigest }) => [taskForce, caseDigest],
      )
    }
    expect(await taskForces({ sub: 'two-mandates' })).toEqual([
      ['jtf-2026-03', null],
      ['jtf-2026-04', null],
    ])
    expect(await taskForces({ org: { agency: 'GT-MP-CASE', role: 'analyst' } })).toEqual([
      ['jtf-2026-05', MANDATE_CASE.digest],
    ])
    expect(await taskForces({ org: { agency: 'GT-MP-NONE' } })).toEqual([])
  })

  it.each<[string, () => Promise<string | undefined>]>([
    ['no token', async () => undefined],
    ['a token of another scheme', async () => `DPoP ${await tokenOf()}`],
    ['two tokens', async () => `Bearer ${await tokenOf()}, Bearer ${await tokenOf()}`],
    ['a token that nobody signed', async () => 'Bearer a.b.c'],
    ['a token that another key signed', async () => `Bearer ${await sign(providerClaims(), await newKey('ES256'))}`],
    ['a token that ended', async () => `Bearer ${await tokenOf({ iat: 1, exp: 2 })}`],
    ['a token of another country', async () => `Bearer ${await tokenOf({ aud: 'https://authority.hn.example' })}`],
    ['a token of another client of the provider', async () => `Bearer ${await tokenOf({ azp: 'mail' })}`],
    ['a token that is bound to a key', async () => `Bearer ${await tokenOf({ cnf: { jkt: 'k'.repeat(43) } })}`],
  ])('are shown to nobody with %s', async (_, authorization) => {
    const { status, body, headers } = await listAt(running.url, await authorization())
    expect([status, body.error, headers.get('www-authenticate')]).toEqual([
      ...[401, 'invalid_token', 'Bearer error="invalid_token"'],
    ])
    expect(body).not.toHaveProperty('mandates')
  })

  it('are not among the parameters of an address, and other origins cannot ask for them', async () => {
    const asked = await fetch(`${running.url}/console/mandates?access_token=${await tokenOf()}`)
    expect(asked.status).toBe(401)
    const preflight = await fetch(`${running.url}/console/mandates`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null])
  })
})

describe('a console at the authority', () => {
  it('has the authority’s origin, and only that', async () => {
    const page = await askRaw(running.url, '/console/', { headers: HOST })
    expect([page.status, readPage(page.body).page]).toEqual([200, FILES['index.html']])
    expect((await askRaw(running.url, '/console/')).status).toBe(421)
    const { body } = await askRaw(running.url, '/console/config.json', { headers: HOST })
    expect(JSON.parse(body.toString())).toMatchObject({
      authority: { issuer: ISSUER, tokenEndpoint: `${ISSUER}/token`, mandatesEndpoint: `${ISSUER}/console/mandates` },
    })
    // The first is the page’s path on the authority, and the rest of the authority goes on.
    expect((await askRaw(running.url, '/vkey')).status).toBe(200)
    expect(page.headers['strict-transport-security']).toBe('max-age=63072000')
  })
})

describe('an export', () => {
  const REQUEST = '0195f3a0-0000-7000-8000-000000000001'
  const facts = { requests: [REQUEST], format: 'csv', rows: 12, digest: 'd'.repeat(64) }

  /** Gets an access token for a new session. */
  async function logIn() {
    const session = await createSession()
    const form = await toolForm(running.world)
    const htu = `${ISSUER}/token`
    const { nonce } = await post(running.url, form, { dpop: await proofOf(session.proofKey, null, { htu }) })
    const answer = await post(running.url, form, { dpop: await proofOf(session.proofKey, nonce, { htu }) })
    return { session, nonce, token: String(answer.body.access_token), tokenId: String(claimsIn(answer).jti) }
  }

  type Login = Awaited<ReturnType<typeof logIn>>

  async function noteExport(
    login: Login,
    body: unknown,
    over: { htu?: string; key?: Login['session']; token?: string } = {},
  ) {
    const { token = login.token, htu = `${ISSUER}/console/exports`, key = login.session } = over
    const dpop = await proofOf(key.proofKey, login.nonce, { htu, ath: sha256Url(token) })
    const headers = { 'content-type': 'application/json', authorization: `DPoP ${token}`, dpop }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await fetch(`${running.url}/console/exports`, init)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  it('is an entry before the answer leaves: who, by which grant, which requests, how many records', async () => {
    const login = await logIn()
    const { status, body } = await noteExport(login, facts)
    expect([status, body.authority]).toEqual([201, ISSUER])
    const noted = await findEntry('export', ({ id }) => id === body.id)
    const grant = await findEntry('access-token', ({ tokenId }) => tokenId === login.tokenId)
    expect(noted.entry).toEqual({
      ...{ v: 1, kind: 'export', id: body.id, time: body.time, origin: expect.any(String), grant: login.tokenId },
      ...{ officer: grant.entry.officer, client: 'console', gateway: 'istmo', mandate: 'm'.repeat(43), ...facts },
    })
    expect(noted.index).toBe(body.index)
  })

  it.each<[string, unknown]>([
    ['no request', { ...facts, requests: [] }],
    ['what is no id of a request', { ...facts, requests: ['GT:P-000001'] }],
    ['too many requests', { ...facts, requests: Array(201).fill(REQUEST) }],
    ['another format', { ...facts, format: 'exe' }],
    ['fewer than no records', { ...facts, rows: -1 }],
    ['a digest of another length', { ...facts, digest: 'd' }],
    ['a digest of records, as older tools noted it', { ...facts, digest: 'd'.repeat(43) }],
    ['the names of persons', { ...facts, names: ['Ana'] }],
    ['no object', null],
  ])('is refused with %s', async (_, body) => {
    const login = await logIn()
    const answer = await noteExport(login, body)
    expect([answer.status, answer.body.reason]).toEqual([400, 'REQUEST_MALFORMED'])
    expect(JSON.stringify(answer.body)).not.toContain('Ana')
  })

  it('is refused with the key or the address of another, with a token of the login provider, and once it was suspended', async () => {
    const [login, other] = [await logIn(), await createSession()]
    expect((await noteExport(login, facts, { key: other })).body.reason).toBe('PROOF_INVALID')
    expect((await noteExport(login, facts, { htu: `${ISSUER}/token` })).body.reason).toBe('PROOF_INVALID')
    expect((await noteExport(login, facts, { token: await tokenOf() })).body.reason).toBe('SUBJECT_TOKEN_INVALID')
    expect((await noteExport(login, facts, { token: 'a.b.c' })).status).toBe(401)
    expect(await running.act('suspend', { token: login.tokenId })).toBeNull()
    expect((await noteExport(login, facts)).body.reason).toBe('SUSPENDED')
  })
})

describe('a console beside the authority', () => {
  it('passes the list of mandates on, and the refusal', async () => {
    const own = await listAt(running.url, `Bearer ${await tokenOf()}`)
    expect((await listAt(beside.origin, `Bearer ${await tokenOf()}`)).body.mandates).toEqual(own.body.mandates)
    const refused = await listAt(beside.origin, undefined)
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer error="invalid_token"'])
  })

  it('passes a token exchange on, whose proof names the address that the authority knows', async () => {
    const { world } = running
    const session = await createSession()
    const exchangeAt = async (htu: string, nonce: string | null) =>
      post(beside.origin, await toolForm(world), { dpop: await proofOf(session.proofKey, nonce, { htu }) })
    const { nonce } = await exchangeAt('https://consola.gt.example/token', null)
    expect(nonce).toEqual(expect.any(String))
    const answer = await exchangeAt('https://consola.gt.example/token', nonce)
    expect(answer.status).toBe(200)
    expect(claimsIn(answer)).toMatchObject({ cnf: { jkt: session.thumbprint }, iss: ISSUER })
    const { jti } = claimsIn(answer)
    expect((await findEntry('access-token', ({ tokenId }) => tokenId === jti)).entry.isBound).toBe(true)
    for (const htu of ['https://evil.example/token', `${beside.origin}/token`, 'https://consola.gt.example/other']) {
      expect((await exchangeAt(htu, nonce)).body).toMatchObject({ reason: 'PROOF_INVALID' })
    }
  })

  it('passes nothing on that is too large, or of another path or method', async () => {
    const body = 'x'.repeat(200 * 1024)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const large = await fetch(`${beside.origin}/token`, { method: 'POST', body, headers })
    expect(large.status).toBe(413)
    for (const path of ['/jwks', '/suspensions', '/log/checkpoint', '/vkey', '/token/', '/tokens']) {
      expect((await fetch(`${beside.origin}${path}`)).status, path).toBe(404)
    }
    expect((await fetch(`${beside.origin}/token`)).status).toBe(405)
  })
})

it('in the end the log has one export, and no entry of a list of mandates', async () => {
  await running.authority.close()
  const kinds = (await readLog(running.world)).map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'export')).toHaveLength(1)
  expect(new Set(kinds)).toEqual(
    new Set([
      ...['authority-start', 'access-token', 'authority-refusals', 'export', 'authority-suspension'],
      'authority-stop',
    ]),
  )
})
