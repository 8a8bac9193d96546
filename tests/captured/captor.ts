/** Somebody who has captured the gateway: its keys, its certificate, the tokens that it kept and all that passed through it. */

import { randomUUID } from 'node:crypto'
import { type CryptoKey, decodeJwt, type JWTPayload, SignJWT } from 'jose'
import { LEG_TOKEN_TYPE, operationHash } from '../../contract/leg-token.ts'
import { COUNTRY_TOKEN_HEADER } from '../../contract/trust/country-token.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { LEG_EXTENSION } from '../../contract/trust/leg-extensions.ts'
import { newLegSalt } from '../../subgraphs/kit/testing.ts'
import { createSession, toolForm } from '../authority/clients.ts'
import { type Key, providerClaims, sign } from '../authority/world.ts'
import { type ExchangeParts, exchange, type Kept, nowS, type OfficerName, post, shownTo } from './kept.ts'
import type { Country } from './land.ts'
import type { Certificates, World } from './world.ts'

/** What a leg is made of. What is absent is as an honest gateway writes it. */
export interface LegParts {
  readonly to?: Country
  readonly domain?: 'cases' | 'persons'
  readonly query?: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** Whose tokens and question. Default: those of the officer who asked first. */
  readonly of?: Kept
  readonly countryToken?: string | null
  /** Claims that replace those of the leg token; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly key?: Key
  readonly kid?: string
  /** Replaces the text of the statement. Null sends none. */
  readonly statement?: string | null
  /** Sends the statement although the country takes `any`. */
  readonly isShown?: boolean
  readonly hide?: readonly string[]
  readonly document?: string | null
  readonly given?: readonly string[]
  readonly proof?: unknown
  readonly certificate?: keyof Certificates | null
  readonly headers?: Readonly<Record<string, string>>
}

/** What came of an act. */
export interface Tried {
  /** Who answered. */
  readonly where: Country | 'authority' | 'tool'
  /** The code; `ANSWERED`, or `CLOSED` if the connection was closed. */
  readonly code: string
  /** The `jti` of the leg token. */
  readonly tokenId?: string
  readonly data?: unknown
  readonly text?: string
  /** The request as it was sent. */
  readonly sent?: { readonly headers: Readonly<Record<string, string>>; readonly body: string }
}

/** The captor, who asks the nodes of one kind. */
export interface Captor {
  readonly world: World
  readonly questions: 'signed' | 'any'
  /** What the captor has of the officer who asked first, and of the officers of each role. */
  readonly kept: Kept
  readonly keptOf: (name: OfficerName) => Kept
  leg(parts?: LegParts): Promise<Tried>
  exchange(parts?: ExchangeParts): Promise<Tried>
  /** Asks the authority for an access token, with a token of the login provider. */
  logIn(claims: Readonly<Record<string, unknown>>, key?: Key): Promise<Tried>
}

/** Creates the captor. */
export function createCaptor(
  world: World,
  questions: Captor['questions'],
  kept: Kept,
  byName: ReadonlyMap<OfficerName, Kept>,
): Captor {
  const keptOf = (name: OfficerName): Kept => {
    const found = byName.get(name)
    if (found === undefined) throw new Error(`expected an officer: ${name}`)
    return found
  }
  return {
    ...{ world, questions, kept, keptOf },
    leg: (parts = {}) => sendLeg(world, questions, { of: kept, ...parts }),
    async exchange(parts = {}) {
      const body = await exchange(world, parts.of ?? kept, { question: shownTo('HN', kept), ...parts.form }, parts)
      return toTried(body)
    },
    async logIn(claims, key = world.officers.files.provider) {
      const subject_token = await sign(providerClaims(claims), key)
      const { proofKey } = await createSession()
      return toTried(await post(world, await toolForm(world.officers.files, { subject_token }), proofKey))
    },
  }
}

/** What came of a request at the token endpoint. */
function toTried({ reason, access_token: token }: Readonly<Record<string, unknown>>): Tried {
  return { where: 'authority', code: String(reason ?? 'ANSWERED'), ...(token !== undefined && { data: token }) }
}

/** The query of a leg that asks about the person whom the officer named. */
export const PERSON = 'query($id:ID!){person(id:$id){id names{full}}}'

async function sendLeg(world: World, questions: Captor['questions'], parts: LegParts & { of: Kept }): Promise<Tried> {
  const { to = 'HN', domain = 'persons', of, query = PERSON, variables = { id: 'HN:P-1' }, hide = [] } = parts
  const countryToken = parts.countryToken === undefined ? of.countryTokens[to] : parts.countryToken
  const { token, tokenId } = await signLegToken(world, { ...parts, to, query, countryToken: countryToken ?? null })
  const shown = [...of.disclosures].flatMap(([name, text]) => (hide.includes(name) ? [] : [text]))
  const honest = questions === 'signed' || parts.isShown ? `${[of.jwt, ...shown].join('~')}~` : null
  const statement = parts.statement === undefined ? honest : parts.statement
  const { document = of.document, given, proof = of.proof } = parts
  const carried = {
    ...(statement !== null && { question: statement }),
    ...(document !== null && { document }),
    ...(given && { given }),
    ...(proof !== null && { mandateProof: proof }),
  }
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${token}`,
    ...(countryToken != null && { [COUNTRY_TOKEN_HEADER]: countryToken }),
    ...newLegSalt(),
    ...parts.headers,
  }
  const body = JSON.stringify({ query, variables, extensions: { [LEG_EXTENSION]: carried } })
  const sent = { headers, body }
  return { ...(await sendToNode(world, { questions, to, domain }, sent, parts.certificate)), tokenId, sent }
}

/** Where a request goes. */
interface Address {
  readonly questions: Captor['questions']
  readonly to: Country
  readonly domain: string
}

/** Sends a request to a node as it is. `certificate`: by default the gateway's; null shows none. */
export async function sendToNode(
  { certificates, lands, send }: World,
  { questions, to, domain }: Address,
  request: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  certificate: LegParts['certificate'] = 'gateway',
): Promise<Tried> {
  const by = certificate === null ? undefined : certificates[certificate]
  const url = `${lands[questions][to].node.url}/${domain}`
  const response = await send(url, { method: 'POST', ...request }, by).catch(() => null)
  if (response === null) return { where: to, code: 'CLOSED' }
  const text = await response.text()
  const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: { extensions?: { code?: string } }[] }
  return { where: to, code: errors?.[0]?.extensions?.code ?? 'ANSWERED', data, text }
}

async function signLegToken(
  { legKey }: World,
  parts: LegParts & { of: Kept; to: Country; query: string; countryToken: string | null },
): Promise<{ readonly token: string; readonly tokenId: string }> {
  const { of, to, query, countryToken, claims = {}, key = legKey, kid = key.thumbprint } = parts
  const iat = nowS()
  const end = countryToken === null ? iat + 60 : endOf(countryToken)
  const all = {
    ...{ iss: 'istmo', aud: to, iat, exp: Math.min(iat + 60, end), jti: randomUUID(), act: { sub: 'istmo' } },
    ...{ op: operationHash(query), ...of.leg },
    ...(countryToken !== null && { ct: sha256Url(countryToken) }),
    ...claims,
  }
  const token = await new SignJWT(JSON.parse(JSON.stringify(all)) as JWTPayload)
    .setProtectedHeader({ alg: 'EdDSA', typ: LEG_TOKEN_TYPE, kid })
    .sign(key.privateKey as CryptoKey)
  return { token, tokenId: String(all.jti) }
}

/** When a country token ends; an hour from now, if nobody can read it. */
function endOf(countryToken: string): number {
  try {
    return decodeJwt(countryToken).exp ?? nowS() + 3_600
  } catch {
    return nowS() + 3_600
  }
}
