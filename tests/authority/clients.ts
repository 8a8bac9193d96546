/** What a tool and a gateway do at the token endpoint. */
import { decodeJwt } from 'jose'
import { sha256Url } from '../../contract/trust/digest.ts'
import {
  createTestSession,
  type TestQuestion,
  type TestSession,
} from '../../contract/trust/question-statement/testing.ts'
import {
  assertionOf,
  GATEWAY_ADDRESS,
  GRANT_TYPE,
  type Key,
  proofOf,
  providerClaims,
  sign,
  type World,
} from './world.ts'

/** An answer of the token endpoint. */
export interface TokenAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly nonce: string | null
}

/** A form: a list for parameters that come several times. */
export type Form = Readonly<Record<string, string | undefined>> | readonly (readonly [string, string])[]

/** Sends a form to the token endpoint. */
export async function post(
  url: string,
  form: Form,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const pairs: readonly (readonly [string, string | undefined])[] = Array.isArray(form) ? form : Object.entries(form)
  const given = pairs.flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]))
  const body = new URLSearchParams(given)
  const response = await fetch(`${url}/token`, { method: 'POST', body, headers })
  return {
    status: response.status,
    body: (await response.json()) as Readonly<Record<string, unknown>>,
    nonce: response.headers.get('dpop-nonce'),
  }
}

/** Gets a nonce, as a client does: by a first request without one. */
export async function fetchNonce(url: string, world: World): Promise<string> {
  const form = { grant_type: GRANT_TYPE, ...(await gatewayAuthentication(world)) }
  const { nonce } = await post(url, form, { dpop: await proofOf(world.gateway, null) })
  if (nonce === null) throw new Error('expected a nonce')
  return nonce
}

/** The parameters by which the gateway authenticates. */
export async function gatewayAuthentication(world: World, key: Key = world.gateway, over = {}) {
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertionOf('gw', key, over),
  }
}

/** The session of an officer's tool: its key signs proofs and question statements. */
export interface Session extends TestSession {
  readonly proofKey: Key
}

/** Creates a session with a new key. */
export async function createSession(): Promise<Session> {
  const session = createTestSession('ES256')
  const pkcs8 = session.privateKey.export({ type: 'pkcs8', format: 'der' })
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const privateKey = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign'])
  return { ...session, proofKey: { alg: 'ES256', privateKey, jwk: session.key, thumbprint: session.thumbprint } }
}

/** The parameters of a tool's request for an access token. */
export async function toolForm(world: World, over: Readonly<Record<string, string | undefined>> = {}, claims = {}) {
  return {
    ...{ grant_type: GRANT_TYPE, client_id: 'console', audience: GATEWAY_ADDRESS },
    subject_token: await sign(providerClaims(claims), world.provider),
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    ...over,
  }
}

/** Gets an access token for a session. */
export async function getAccessToken(
  url: string,
  world: World,
  session: Session,
  { form = {}, claims = {}, nonce }: { readonly form?: object; readonly claims?: object; readonly nonce: string },
): Promise<TokenAnswer> {
  const proof = await proofOf(session.proofKey, nonce)
  return post(url, { ...(await toolForm(world, {}, claims)), ...form }, { dpop: proof })
}

/** Signs a question statement of a session for an access token. */
export function ask(session: Session, accessToken: string, over: Partial<TestQuestion> = {}): string {
  const iat = Math.floor(Date.now() / 1_000)
  const question = { aud: GATEWAY_ADDRESS, iat, ath: sha256Url(accessToken), document: '{ cases { id } }', ...over }
  return session.ask({ countries: ['HN'], ...question }).text
}

/** The parameters of a gateway's exchange. */
export async function exchangeForm(
  world: World,
  accessToken: string,
  over: Readonly<Record<string, string | undefined>> = {},
) {
  return {
    ...{ grant_type: GRANT_TYPE, audience: 'HN', subject_token: accessToken },
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    ...(await gatewayAuthentication(world)),
    ...over,
  }
}

/** Exchanges an access token for a country token. */
export async function exchange(
  url: string,
  world: World,
  accessToken: string,
  { nonce, ...form }: Readonly<Record<string, string | undefined>> & { readonly nonce: string },
): Promise<TokenAnswer> {
  return post(url, await exchangeForm(world, accessToken, form), { dpop: await proofOf(world.gateway, nonce) })
}

/** Reads the claims of the token in an answer. */
export function claimsIn({ body }: TokenAnswer): Readonly<Record<string, unknown>> {
  return decodeJwt(String(body.access_token))
}
