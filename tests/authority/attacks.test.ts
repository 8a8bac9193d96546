/** What somebody without the right tries at the token endpoint, one by one. Each is refused with its reason, and is in the log. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CryptoKey, decodeJwt, importJWK } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readKeyFile } from '../../audit/pseudonym/key-file.ts'
import { createOfficerRefs, type OfficerRefs } from '../../authority/tokens/officer.ts'
import type { SuspendedWhat } from '../../contract/trust/suspension.ts'
import {
  ask,
  createSession,
  exchange,
  exchangeForm,
  type Form,
  fetchNonce,
  getAccessToken,
  post,
  type Session,
  toolForm,
} from './clients.ts'
import { repeat, signRaw, signWithPublicKey, unsigned } from './raw-jws.ts'
import { readLog } from './read-log.ts'
import { type Running, startTestAuthority } from './running.ts'
import {
  assertionOf,
  ISSUER,
  type Key,
  MANDATE_CASE,
  newKey,
  PROVIDER,
  proofOf,
  providerClaims,
  sign,
  type World,
} from './world.ts'

let running: Running
let world: World
let session: Session
let other: Key
let accessToken: string
let question: string
let nonce: string
beforeAll(async () => {
  running = await startTestAuthority()
  world = running.world
  session = await createSession()
  other = await newKey()
  nonce = await fetchNonce(running.url, world)
  const answer = await getAccessToken(running.url, world, session, { nonce })
  accessToken = String(answer.body.access_token)
})
// A question counts for a minute, and on a busy machine all cases together take longer.
beforeEach(() => {
  question = ask(session, accessToken)
})
afterAll(() => running.remove())

/** Sends a gateway's exchange that is good but for what a case changes. */
async function attackExchange(change: Readonly<Record<string, string | undefined>>, proof?: string) {
  const form = await exchangeForm(world, accessToken, { question, ...change })
  return post(running.url, form, { dpop: proof ?? (await proofOf(world.gateway, nonce)) })
}

/** Sends a tool's request that is good but for what a case changes. */
async function attackGrant(change: Readonly<Record<string, string | undefined>>, claims = {}) {
  return post(running.url, await toolForm(world, change, claims), { dpop: await proofOf(session.proofKey, nonce) })
}

/** Expects a refusal: its reason, no token, and an OAuth error. */
function expectRefusal({ status, body }: { status: number; body: object }, reason: string): void {
  expect(body).toEqual({ error: expect.any(String), error_description: expect.any(String), reason })
  expect(status).toBeGreaterThanOrEqual(400)
}

const nowS = (): number => Math.floor(Date.now() / 1_000)
const assertionClaims = (over = {}) => ({
  ...{ iss: 'gw', sub: 'gw', aud: ISSUER, iat: nowS(), exp: nowS() + 60, jti: randomUUID(), ...over },
})

describe('an exchange is the only one of two at the same moment', () => {
  it('with the same client assertion', async () => {
    const assertion = await assertionOf('gw', world.gateway)
    const answers = await Promise.all([1, 2, 3].map(() => attackExchange({ client_assertion: assertion })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
    expect(answers.flatMap(({ body }) => body.reason ?? [])).toEqual(['ASSERTION_REPLAYED', 'ASSERTION_REPLAYED'])
  })

  it('with the same proof', async () => {
    const proof = await proofOf(world.gateway, nonce)
    const answers = await Promise.all([1, 2, 3].map(() => attackExchange({}, proof)))
    expect(answers.flatMap(({ body }) => body.reason ?? [])).toEqual(['PROOF_REPLAYED', 'PROOF_REPLAYED'])
  })

  it('and stays the only one after a restart', async () => {
    const assertion = await assertionOf('gw', world.gateway)
    expect((await attackExchange({ client_assertion: assertion })).status).toBe(200)
    await running.restart()
    nonce = await fetchNonce(running.url, world)
    expectRefusal(await attackExchange({ client_assertion: assertion }), 'ASSERTION_REPLAYED')
  })
})

describe('an assertion is refused', () => {
  const cases: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['for the token endpoint’s address', () => assertionOf('gw', world.gateway, { aud: `${ISSUER}/token` })],
    [
      'for another authority besides',
      () => assertionOf('gw', world.gateway, { aud: [ISSUER, 'https://authority.hn.example'] }),
    ],
    ['that lives longer than a minute', () => assertionOf('gw', world.gateway, { exp: nowS() + 120 })],
    ['that has expired', () => assertionOf('gw', world.gateway, { iat: nowS() - 70, exp: nowS() - 10 })],
    ['from the future', () => assertionOf('gw', world.gateway, { iat: nowS() + 30, exp: nowS() + 60 })],
    ['without an end', () => assertionOf('gw', world.gateway, { exp: undefined })],
    ['without an id', () => assertionOf('gw', world.gateway, { jti: undefined })],
    ['that another client issued', () => assertionOf('gw', world.gateway, { iss: 'gw-2' })],
    ['by another key', () => assertionOf('gw', other)],
    ['by another client’s key', () => assertionOf('gw', world.confidentialTool)],
    ['without a signature', () => unsigned(assertionClaims())],
    ['by HS256 under the public key', () => signWithPublicKey(assertionClaims(), world.gateway)],
    ['that names its key’s address', () => assertionOf('gw', other, {}, { jku: 'http://127.0.0.1:9/jwks' })],
    ['that names its certificate’s address', () => assertionOf('gw', other, {}, { x5u: 'http://127.0.0.1:9/x' })],
    ['that brings its own key', () => assertionOf('gw', other, {}, { jwk: other.jwk })],
    ['of the type of a proof', () => assertionOf('gw', world.gateway, {}, { typ: 'dpop+jwt' })],
    ['of the type of a leg token', () => assertionOf('gw', world.gateway, {}, { typ: 'istmo-leg+jwt' })],
    ['with a critical extension', () => signRaw({ alg: 'EdDSA', crit: ['x'], x: 1 }, assertionClaims(), world.gateway)],
    [
      'with a claim twice',
      () => signRaw({ alg: 'EdDSA' }, repeat(assertionClaims(), 'aud', 'https://x.example'), world.gateway),
    ],
    ['with a header member twice', () => signRaw('{"alg":"none","alg":"EdDSA"}', assertionClaims(), world.gateway)],
  ]
  it.each(cases)('%s', async (_, make) => {
    expectRefusal(await attackExchange({ client_assertion: await make() }), 'ASSERTION_INVALID')
  })

  it('if it is missing, or of a client that nobody registered', async () => {
    expectRefusal(await attackExchange({ client_assertion: undefined, client_id: 'gw' }), 'CLIENT_UNKNOWN')
    expectRefusal(await attackExchange({ client_assertion: await assertionOf('nobody', other) }), 'CLIENT_UNKNOWN')
    expectRefusal(await attackGrant({ client_id: 'server-tool' }), 'CLIENT_UNKNOWN')
  })
})

describe('a proof is refused', () => {
  const make = (over = {}, header = {}, key = world.gateway) => proofOf(key, nonce, over, header)
  const proofHeader = (over = {}) => ({ alg: 'EdDSA', typ: 'dpop+jwt', jwk: world.gateway.jwk, ...over })
  const proofClaims = () => ({ htm: 'POST', htu: `${ISSUER}/token`, iat: nowS(), jti: randomUUID(), nonce })
  const cases: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['by another key than the assertion’s', () => make({}, {}, other)],
    ['for another method', () => make({ htm: 'GET' })],
    ['for another address', () => make({ htu: 'https://authority.hn.example/token' })],
    ['that is a minute old', () => make({ iat: nowS() - 61 })],
    ['from the future', () => make({ iat: nowS() + 30 })],
    ['of another type', () => make({}, { typ: 'JWT' })],
    ['with the private key', () => make({}, { jwk: { ...world.gateway.jwk, d: 'AAAA' } })],
    ['without a signature', () => unsigned({ htm: 'POST' }, { typ: 'dpop+jwt' })],
    ['that is not there', () => ''],
    ['without an id', () => make({ jti: undefined })],
    [
      'by HS256 under the public key',
      () => signWithPublicKey(proofClaims(), world.gateway, { typ: 'dpop+jwt', jwk: world.gateway.jwk }),
    ],
    ['of another algorithm than its key', () => make({}, { jwk: world.provider.jwk })],
    ['that names its key by its id only', () => make({}, { jwk: undefined, kid: world.gateway.thumbprint })],
    ['that names its key’s address', () => make({}, { jwk: undefined, jku: 'http://127.0.0.1:9/jwks' })],
    ['with a critical extension', () => signRaw(proofHeader({ crit: ['x'], x: 1 }), proofClaims(), world.gateway)],
    ['with a claim twice', () => signRaw(proofHeader(), repeat(proofClaims(), 'htm', 'GET'), world.gateway)],
    ['with a header member twice', () => signRaw(repeat(proofHeader(), 'alg', 'none'), proofClaims(), world.gateway)],
    ['whose claims are no JSON', () => signRaw(proofHeader(), '{"htm":', world.gateway)],
    [
      'whose time has no end',
      () => signRaw(proofHeader(), JSON.stringify(proofClaims()).replace(/"iat":\d+/, '"iat":1e999'), world.gateway),
    ],
    ['that is too long', () => `${'a'.repeat(9_000)}.b.c`],
    ['beside another one', async () => `${await make()}, ${await make()}`],
  ]
  it.each(cases)('%s', async (_, proof) => {
    expectRefusal(await attackExchange({}, await proof()), 'PROOF_INVALID')
  })

  it('without a nonce, or with one that this authority did not make', async () => {
    const answer = await attackExchange({}, await proofOf(world.gateway, null))
    expect(answer).toMatchObject({ body: { error: 'use_dpop_nonce' }, nonce: expect.any(String) })
    expectRefusal(await attackExchange({}, await proofOf(world.gateway, 'AAAA')), 'NONCE_REQUIRED')
  })
})

describe('a subject token is refused', () => {
  const claims = (over = {}) => ({ ...decodeJwt(accessToken), ...over })
  const signingKey = async (): Promise<Key> => {
    const { keys } = JSON.parse(await readFile(join(world.folder, 'keys/signing.json'), 'utf8'))
    const { added: _, ...jwk } = keys[0]
    const privateKey = (await importJWK(jwk, 'EdDSA', { extractable: true })) as CryptoKey
    return { alg: 'EdDSA', privateKey, jwk, thumbprint: world.signingKid }
  }
  const accessHeader = () => ({ alg: 'EdDSA', typ: 'at+jwt', kid: world.signingKid })
  const forge = async (over: object, typ = 'at+jwt', header = {}) =>
    sign(claims(over), await signingKey(), { typ, ...header })
  const cases: readonly (readonly [string, string, () => Promise<string> | string])[] = [
    [
      'that is a country token',
      'SUBJECT_TOKEN_INVALID',
      async () => String((await attackExchange({})).body.access_token),
    ],
    ['that is the provider’s', 'SUBJECT_TOKEN_INVALID', () => sign(providerClaims(), world.provider)],
    [
      'that the gateway signed',
      'SUBJECT_TOKEN_INVALID',
      () => sign(claims(), world.gateway, { typ: 'at+jwt', kid: world.signingKid }),
    ],
    ['without a signature', 'SUBJECT_TOKEN_INVALID', () => unsigned(claims(), { typ: 'at+jwt' })],
    ['by HS256', 'SUBJECT_TOKEN_INVALID', () => signWithPublicKey(claims(), world.gateway, { typ: 'at+jwt' })],
    ['of another type', 'SUBJECT_TOKEN_INVALID', () => forge({}, 'istmo-country+jwt')],
    ['that has expired', 'SUBJECT_TOKEN_INVALID', () => forge({ iat: nowS() - 700, exp: nowS() - 100 })],
    ['that would live too long', 'SUBJECT_TOKEN_INVALID', () => forge({ exp: nowS() + 3_600 })],
    ['for another gateway', 'SUBJECT_TOKEN_INVALID', () => forge({ aud: 'https://istmo-2.example' })],
    ['that another gateway may use', 'SUBJECT_TOKEN_OF_OTHER', () => forge({ may_act: { sub: 'istmo-2' } })],
    ['that nobody may use', 'SUBJECT_TOKEN_OF_OTHER', () => forge({ may_act: undefined })],
    [
      'without the binding that the log knows, although the key is right',
      'GRANT_UNKNOWN',
      () => forge({ cnf: undefined }),
    ],
    ['that the log does not know, although the key is right', 'GRANT_UNKNOWN', () => forge({ jti: randomUUID() })],
    ['with a path as key id', 'SUBJECT_TOKEN_INVALID', async () => forge({}, 'at+jwt', { kid: '../../etc/passwd' })],
    ['that brings its key', 'SUBJECT_TOKEN_INVALID', () => sign(claims(), other, { typ: 'at+jwt', jwk: other.jwk })],
    [
      'that names its key’s address',
      'SUBJECT_TOKEN_INVALID',
      () => sign(claims(), other, { typ: 'at+jwt', jku: 'http://127.0.0.1:9/' }),
    ],
    [
      'with a critical extension',
      'SUBJECT_TOKEN_INVALID',
      async () => signRaw({ ...accessHeader(), crit: ['exp'] }, claims(), await signingKey()),
    ],
    [
      'with claims that are no JSON',
      'SUBJECT_TOKEN_INVALID',
      async () => signRaw(accessHeader(), '{"iss":', await signingKey()),
    ],
    ['that is too long', 'SUBJECT_TOKEN_INVALID', () => `${'a'.repeat(9_000)}.b.c`],
    [
      'with a claim twice',
      'SUBJECT_TOKEN_INVALID',
      async () =>
        signRaw(
          { alg: 'EdDSA', typ: 'at+jwt', kid: world.signingKid },
          repeat(claims(), 'scope', 'all'),
          await signingKey(),
        ),
    ],
  ]
  it.each(cases)('%s', async (_, reason, make) => {
    expectRefusal(await attackExchange({ subject_token: await make() }), reason)
  })
})

describe('a gateway is refused', () => {
  const cases: readonly (readonly [string, string, Readonly<Record<string, string | undefined>>])[] = [
    ['a wider scope', 'SCOPE_NOT_ALLOWED', { scope: 'case:read person:hit' }],
    ['a scope of two spaces', 'SCOPE_NOT_ALLOWED', { scope: 'case:read  person:read' }],
    ['a list of countries', 'AUDIENCE_NOT_ALLOWED', { audience: 'HN SV' }],
    ['what is no country', 'AUDIENCE_NOT_ALLOWED', { audience: 'XX' }],
    ['a country outside the mandate', 'AUDIENCE_NOT_ALLOWED', { audience: 'MX' }],
    ['no audience', 'AUDIENCE_NOT_ALLOWED', { audience: undefined }],
    [
      'another type of token',
      'REQUEST_MALFORMED',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
    ],
    ['a subject token of an unknown type', 'REQUEST_MALFORMED', { subject_token_type: undefined }],
    ['a resource', 'REQUEST_MALFORMED', { resource: 'https://hn.example' }],
    ['an actor token', 'REQUEST_MALFORMED', { actor_token: 'x' }],
    ['another grant', 'GRANT_NOT_SUPPORTED', { grant_type: 'client_credentials' }],
    ['an exchange without a statement', 'QUESTION_MISSING', { question: undefined }],
    ['what is no statement', 'QUESTION_INVALID', { question: 'a.b.c~' }],
  ]
  it.each(cases)('%s', async (_, reason, change) => {
    expectRefusal(await attackExchange(change), reason)
  })

  it('two audiences, and any other parameter twice', async () => {
    const pairs = Object.entries(await exchangeForm(world, accessToken, { question })) as [string, string][]
    const send = async (more: readonly [string, string]) =>
      post(running.url, [...pairs, more] as Form, { dpop: await proofOf(world.gateway, nonce) })
    expectRefusal(await send(['audience', 'SV']), 'AUDIENCE_NOT_ALLOWED')
    expectRefusal(await send(['subject_token', accessToken]), 'REQUEST_MALFORMED')
  })
})

describe('a statement is refused', () => {
  const ago = (seconds: number) => ({ iat: nowS() - seconds })
  const cases: readonly (readonly [string, string, () => Promise<string> | string])[] = [
    ['that is 61 seconds old', 'QUESTION_STALE', () => ask(session, accessToken, ago(62))],
    ['from the future', 'QUESTION_INVALID', () => ask(session, accessToken, ago(-30))],
    ['for another access token', 'QUESTION_OF_OTHER', () => ask(session, `${accessToken}x`)],
    ['by another key', 'QUESTION_OF_OTHER', async () => ask(await createSession(), accessToken)],
    ['that discloses another country', 'COUNTRY_NOT_DISCLOSED', () => ask(session, accessToken, { countries: ['SV'] })],
    ['that hides the country', 'COUNTRY_NOT_DISCLOSED', () => `${question.split('~', 1)[0]}~`],
    ['for another gateway', 'QUESTION_INVALID', () => ask(session, accessToken, { aud: 'https://istmo-2.example' })],
    [
      'about a case, although the mandate has none',
      'QUESTION_OF_OTHER',
      () => ask(session, accessToken, { case: 'GT:1' }),
    ],
    [
      'for a purpose that the mandate lacks',
      'QUESTION_OF_OTHER',
      () => ask(session, accessToken, { purpose: 'ASSET_RECOVERY' }),
    ],
    ['without a signature', 'QUESTION_INVALID', () => `${question.split('.').slice(0, 2).join('.')}.~`],
    ['by HS256', 'QUESTION_INVALID', () => ask(session, accessToken, { header: { alg: 'HS256' } })],
    ['that is a proof', 'QUESTION_INVALID', () => ask(session, accessToken, { header: { typ: 'dpop+jwt' } })],
  ]
  it.each(cases)('%s', async (_, reason, make) => {
    expectRefusal(await attackExchange({ question: await make() }), reason)
  })
})

describe('a mandate that is bound to a case', () => {
  it('is in the access token by its digest, and opens a country only to a question about this case', async () => {
    const claims = { sub: 'case-officer', org: { agency: 'GT-MP-CASE', role: 'prosecutor' } }
    const bound = String((await getAccessToken(running.url, world, session, { nonce, claims })).body.access_token)
    expect(decodeJwt(bound).authorization_details).toMatchObject([
      { case_digest: MANDATE_CASE.digest, time_zone: 'America/Guatemala' },
    ])
    const send = (over: Parameters<typeof ask>[2]) =>
      exchange(running.url, world, bound, { nonce, question: ask(session, bound, over) })
    expectRefusal(await send({}), 'QUESTION_OF_OTHER')
    expectRefusal(await send({ case: 'GT:MP001-2026-1234' }), 'QUESTION_OF_OTHER')
    expect((await send({ case: 'GT:MP001-2026-1234', disclosedCase: MANDATE_CASE })).status).toBe(200)
  })
})

describe('a tool is refused', () => {
  const token = (over = {}, key = world.provider, header = {}) => sign(providerClaims(over), key, header)
  const cases: readonly (readonly [string, string, () => Promise<Readonly<Record<string, string>>>])[] = [
    [
      'a provider’s token for another client',
      'SUBJECT_TOKEN_OF_OTHER',
      async () => ({ subject_token: await token({ azp: 'mail' }) }),
    ],
    [
      'one that names no client',
      'SUBJECT_TOKEN_OF_OTHER',
      async () => ({ subject_token: await token({ azp: undefined }) }),
    ],
    [
      'one for another audience',
      'SUBJECT_TOKEN_INVALID',
      async () => ({ subject_token: await token({ aud: 'mail' }) }),
    ],
    [
      'one of another provider',
      'SUBJECT_TOKEN_INVALID',
      async () => ({ subject_token: await token({ iss: 'https://x.example' }) }),
    ],
    [
      'one that has expired',
      'SUBJECT_TOKEN_INVALID',
      async () => ({ subject_token: await token({ iat: nowS() - 99, exp: nowS() - 9 }) }),
    ],
    [
      'one by another key',
      'SUBJECT_TOKEN_INVALID',
      async () => ({ subject_token: await token({}, await newKey('ES256'), { jku: 'http://127.0.0.1:9/' }) }),
    ],
    ['one without a signature', 'SUBJECT_TOKEN_INVALID', async () => ({ subject_token: unsigned(providerClaims()) })],
    [
      'one by HS256',
      'SUBJECT_TOKEN_INVALID',
      async () => ({ subject_token: signWithPublicKey(providerClaims(), world.provider) }),
    ],
    [
      'one of another type',
      'SUBJECT_TOKEN_INVALID',
      async () => ({ subject_token: await token({}, world.provider, { typ: 'logout+jwt' }) }),
    ],
    [
      'one with a claim twice',
      'SUBJECT_TOKEN_INVALID',
      async () => ({
        subject_token: signRaw(
          { alg: 'ES256', typ: 'JWT', kid: world.provider.thumbprint },
          repeat(providerClaims(), 'sub', 'x'),
          world.provider,
        ),
      }),
    ],
    ['one without an agency', 'SUBJECT_TOKEN_INVALID', async () => ({ subject_token: await token({ org: {} }) })],
    [
      'one that is bound to another key',
      'SUBJECT_TOKEN_OF_OTHER',
      async () => ({ subject_token: await token({ cnf: { jkt: other.thumbprint } }) }),
    ],
    ['its own access token', 'SUBJECT_TOKEN_INVALID', async () => ({ subject_token: accessToken })],
    [
      'an officer without a mandate',
      'MANDATE_NONE',
      async () => ({ subject_token: await token({ org: { agency: 'GT-PNC', role: 'analyst' } }) }),
    ],
    ['another’s mandate', 'MANDATE_NONE', async () => ({ mandate: 'n'.repeat(43) })],
    ['a scope that the mandate lacks', 'SCOPE_NOT_ALLOWED', async () => ({ scope: 'person:hit' })],
    ['another gateway', 'AUDIENCE_NOT_ALLOWED', async () => ({ audience: 'https://istmo-2.example' })],
    [
      'a country token',
      'REQUEST_MALFORMED',
      async () => ({ requested_token_type: 'urn:istmo:token-type:country-token' }),
    ],
  ]
  it.each(cases)('%s', async (_, reason, change) => {
    expectRefusal(await attackGrant(await change()), reason)
  })

  it('a choice of two mandates names both to the officer, with what tells them apart', async () => {
    const { body } = await attackGrant({ subject_token: await token({ sub: 'two-mandates' }) })
    const day = expect.stringMatching(/^\d{4}-\d\d-\d\d$/)
    const offered = { hash: expect.stringMatching(/^[\w-]{43}$/), task_force: expect.any(String), not_after: day }
    expect(body).toMatchObject({ reason: 'MANDATE_AMBIGUOUS', mandates: [offered, offered] })
    expect(body).not.toHaveProperty('access_token')
  })

  it('a token without a proof of its key', async () => {
    expectRefusal(await post(running.url, await toolForm(world)), 'KEY_MISSING')
  })
})

describe('what is suspended opens nothing', () => {
  let names: OfficerRefs
  let officer: string
  beforeAll(async () => {
    names = createOfficerRefs(await readKeyFile(join(world.folder, 'keys/refs.json')))
    officer = names.refOf({ issuer: PROVIDER, subject: 'officer-1' })
  })
  const cases: readonly (readonly [string, () => SuspendedWhat])[] = [
    ['an officer, by the ref of the authority’s log', () => ({ officer })],
    [
      'an officer, by the subject that the country of the exchange sees',
      () => ({ officer: names.subjectFor('HN', officer) }),
    ],
    ['an officer, by the subject that another country sees', () => ({ officer: names.subjectFor('SV', officer) })],
    ['a mandate', () => ({ mandate: 'm'.repeat(43) })],
    ['a token', () => ({ token: String(decodeJwt(accessToken).jti) })],
    ['a country that is asked', () => ({ country: 'HN' })],
    ['an agency', () => ({ agency: 'GT-MP-FECO' })],
    ['a task force', () => ({ task_force: 'jtf-2026-03' })],
    ['the key of a tool', () => ({ key: session.thumbprint })],
    ['the key of the gateway', () => ({ key: world.gateway.thumbprint })],
    ['the authority itself', () => ({ authority: ISSUER })],
  ]
  const onlyOne = new Set(['a token', 'a country that is asked', 'the key of the gateway'])
  it.each(cases)('%s', async (name, make) => {
    expect(await running.act('suspend', make())).toBeNull()
    expectRefusal(await attackExchange({}), 'SUSPENDED')
    if (!onlyOne.has(name)) expectRefusal(await attackGrant({}), 'SUSPENDED')
    expect(await running.act('resume', make())).toBeNull()
    expect((await attackExchange({})).status).toBe(200)
  })

  it('a mandate that was revoked', async () => {
    running.revoked.add('m'.repeat(43))
    expectRefusal(await attackExchange({}), 'MANDATE_ENDED')
    running.revoked.clear()
  })

  it('a token that is made while its mandate is revoked: its entry is there, and it does not leave', async () => {
    running.afterFind = () => void running.revoked.add('m'.repeat(43))
    expectRefusal(await attackExchange({}), 'MANDATE_ENDED')
    running.afterFind = () => undefined
    running.revoked.clear()
    expect((await attackExchange({})).status).toBe(200)
  })
})

it('has each attempt in the log: those of known clients one by one, those of strangers as counts', async () => {
  await exchange(running.url, world, accessToken, { nonce, question })
  await running.restart()
  const entries = await readLog(world)
  const refusals = entries.flatMap((entry) => (entry.kind === 'token-refusal' ? [entry] : []))
  const counted = entries.flatMap((entry) => (entry.kind === 'authority-refusals' ? [entry.code] : []))
  const officer = expect.stringMatching(/^1\.[\w-]{43}$/)
  const grant = decodeJwt(accessToken).jti
  expect(refusals).toContainEqual(
    expect.objectContaining({
      client: 'gw',
      asked: 'COUNTRY_TOKEN',
      reason: 'QUESTION_MISSING',
      officer,
      grant,
      country: 'HN',
    }),
  )
  expect(refusals).toContainEqual(
    expect.objectContaining({
      client: 'console',
      asked: 'ACCESS_TOKEN',
      reason: 'MANDATE_NONE',
      officer,
      country: null,
    }),
  )
  expect(counted).toContain('ASSERTION_INVALID')
  expect(counted).toContain('CLIENT_UNKNOWN')
  expect(JSON.stringify(entries)).not.toMatch(new RegExp(`officer-1|${PROVIDER}/|eyJ`))
})
