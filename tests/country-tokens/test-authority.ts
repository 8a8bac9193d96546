/** A small mandate authority of Guatemala: it signs access tokens, exchanges them for country tokens, and proves its mandates by its log. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, decodeJwt, type JWK, type JWTPayload, SignJWT } from 'jose'
import { makeKey, type TestKey } from '../../contract/trust/country-token/testing.ts'
import { COUNTRY_TOKEN_TYPE } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { SUSPENSION_TYPE } from '../../contract/trust/suspension.ts'
import { type ClientCheck, createClientCheck } from './check-client.ts'
import { mandateClaim, openMandates, type TestMandate, type TestMandates } from './test-mandates.ts'

export const GATEWAY_CLIENT = 'gateway-1'
export const GATEWAY_NAME = 'istmo'
export const AUDIENCE = 'https://istmo.example'
export const SCOPES = 'case:read person:read'

/** An authority that listens. */
export interface TestAuthority {
  readonly url: string
  /** The member of `callers` in a country's file. */
  readonly entry: Readonly<Record<string, unknown>>
  readonly mandates: TestMandates
  /** The mandate of the officers. */
  readonly mandate: TestMandate
  /** Signs an officer's access token. */
  accessToken(claims?: JWTPayload): Promise<string>
  /** Signs a country token with any claims: what a captured authority can do. */
  countryToken(claims: JWTPayload, header?: object): Promise<string>
  /** The claims of a country token for this leg key, good now. */
  countryClaims(legKey: string, changes?: Readonly<Record<string, unknown>>): JWTPayload
  /** The parameters of each exchange so far whose client was authenticated. */
  readonly exchanges: URLSearchParams[]
  /** How many requests came to its token endpoint. */
  requests: number
  /** Changes how it answers. */
  behave(how: Behaviour): void
  /** Signs a suspension with the authority’s key. */
  suspension(claims: Readonly<Record<string, unknown>>): Promise<string>
  /** Changes what `GET /suspensions` answers. Null breaks the connection off, as at the beginning. */
  suspensions(answer: () => string | null): void
  /** Changes claims of the country tokens that it gives from now on. */
  claim(changes: object): void
  /** Closes the connections that are kept alive. */
  closeConnections(): void
  close(): Promise<void>
}

/**
 * How the token endpoint answers. `hang`: not at all. `break`: it closes the connection. `late`: each connection gets the answer to the exchange before,
 * as if one had been answered twice.
 */
export type Behaviour = 'normally' | 'refuse' | 'fail' | 'hang' | 'break' | 'late'

interface State {
  readonly url: string
  readonly key: TestKey
  readonly mandate: TestMandate
  readonly clients: ClientCheck
  readonly legKey: string
  readonly exchanges: URLSearchParams[]
  requests: number
  how: Behaviour
  /** What `GET /suspensions` answers. */
  suspensions: () => string | null
  changes: object
  /** The last answer of each connection. */
  readonly answers: WeakMap<object, object>
}

/** Starts an authority whose client is the gateway with this leg key. */
export async function startAuthority(legKey: JWK): Promise<TestAuthority> {
  const server = createServer((request, response) => {
    answer(state, request, response).catch(() => response.writeHead(500).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const mandates = await openMandates(url)
  const [key, mandate, clients] = await Promise.all([
    makeKey(),
    mandates.make(),
    createClientCheck(url, GATEWAY_CLIENT, legKey),
  ])
  const thumbprint = await calculateJwkThumbprint(legKey)
  const state: State = {
    url,
    key,
    mandate,
    clients,
    legKey: thumbprint,
    exchanges: [],
    requests: 0,
    how: 'normally',
    suspensions: () => null,
    changes: {},
    answers: new WeakMap(),
  }
  return {
    ...{ url, mandates, mandate, exchanges: state.exchanges },
    entry: {
      ...{ country: 'GT', authority: url, jwks: `${url}/jwks`, keys: [key.thumbprint] },
      ...{ approvers: [mandates.approver], log: mandates.log, witnesses: [mandates.witness] },
      members: [{ agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION'], scopes: SCOPES.split(' ') }],
    },
    accessToken: (claims = {}) => signAccessToken(state, claims),
    countryToken: (claims, header) => signCountryToken(state, claims, header),
    countryClaims: (jkt, changes) => countryClaims(state, jkt, changes),
    get requests() {
      return state.requests
    },
    set requests(count) {
      state.requests = count
    },
    suspensions: (given) => {
      state.suspensions = given
    },
    suspension: (claims) => signSuspension(state, claims),
    behave: (how) => {
      state.how = how
    },
    claim: (changes) => {
      state.changes = changes
    },
    closeConnections: () => server.closeAllConnections(),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function signSuspension({ url, key }: State, claims: Readonly<Record<string, unknown>>): Promise<string> {
  return new SignJWT({ iss: url, iat: Math.floor(Date.now() / 1_000), reason: 'a test', ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: SUSPENSION_TYPE, kid: key.thumbprint })
    .sign(key.privateKey)
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { key, clients, exchanges, mandate, how } = state
  if (request.url === '/jwks') return send(response, 200, { keys: [{ ...key.publicJwk, kid: 'any', alg: 'EdDSA' }] })
  if (request.url?.startsWith('/suspensions')) {
    const body = state.suspensions()
    if (body === null) response.destroy()
    else response.end(body)
    return
  }
  state.requests += 1
  if (how === 'hang') return
  if (how === 'break') return void response.destroy()
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  if (how === 'fail') return send(response, 503, { error: 'temporarily_unavailable' })
  const form = new URLSearchParams(Buffer.concat(chunks).toString())
  const fault = await clients.find(form, request.headersDistinct.dpop?.[0])
  response.setHeader('dpop-nonce', clients.nonce)
  if (fault !== null) return send(response, fault === 'use_dpop_nonce' ? 400 : 401, { error: fault })
  exchanges.push(form)
  if (how === 'refuse') return send(response, 400, { error: 'invalid_grant' })
  const subject = decodeJwt(form.get('subject_token') ?? '')
  const country = form.get('audience') ?? ''
  const claims = countryClaims(state, state.legKey, {
    ...{ aud: country, sub: `${subject.sub}-for-${country}`, scope: form.get('scope') ?? '' },
    ...{ caller_iss: subject.iss, caller_jti: subject.jti },
    ...(form.has('question') && {
      ...{ caller_jkt: 'k'.repeat(43), caller_ath: sha256Url(form.get('subject_token') ?? ''), question: 'a-question' },
    }),
    ...state.changes,
  })
  const token = await signCountryToken(state, claims)
  const types = { issued_token_type: 'urn:istmo:token-type:country-token', token_type: 'N_A' }
  const proof = form.get('mandate_proof') === '1' ? { mandate_proof: await mandate.prove() } : {}
  const given = { access_token: token, ...types, expires_in: 300, ...proof }
  const before = state.answers.get(request.socket)
  state.answers.set(request.socket, given)
  send(response, 200, how === 'late' && before !== undefined ? before : given)
}

function countryClaims(
  { url, mandate }: State,
  jkt: string,
  changes: Readonly<Record<string, unknown>> = {},
): JWTPayload {
  const iat = Math.floor(Date.now() / 1000)
  return {
    ...{ iss: url, aud: 'HN', sub: 'officer-7-for-HN', iat, exp: iat + 300, jti: randomUUID() },
    ...{ act: { sub: GATEWAY_NAME }, client_id: 'console', scope: SCOPES },
    org: { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' },
    mandate: mandateClaim(mandate),
    ...{ cnf: { jkt }, caller_iss: url, caller_jti: randomUUID(), ...changes },
  }
}

function signCountryToken({ key }: State, claims: JWTPayload, header: object = {}): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'EdDSA', typ: COUNTRY_TOKEN_TYPE, kid: key.thumbprint, ...header })
    .sign(key.privateKey)
}

function signAccessToken({ url, key, mandate }: State, claims: JWTPayload): Promise<string> {
  const iat = Math.floor(Date.now() / 1000)
  const { hash: _, ...named } = mandateClaim(mandate)
  const details = [{ type: 'istmo_mandate', ...named, countries: mandate.document.countries }]
  const usual = { iss: url, aud: AUDIENCE, sub: 'officer-7', jti: randomUUID(), iat, exp: iat + 600 }
  const org = { country: 'GT', agency: 'GT-MP-FECO', role: 'prosecutor' }
  return new SignJWT({ ...usual, client_id: 'console', scope: SCOPES, org, authorization_details: details, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'any' })
    .sign(key.privateKey)
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
