/** Plays the gateway: legs with the tokens of the gateway's own rooms, as a gateway in production sends them. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { request } from 'undici'
import type { Caller, Mandate } from '../../contract/access-token.ts'
import { DEADLINE_HEADER } from '../../contract/deadline.ts'
import { formatLegSalt, LEG_SALT_BYTES, LEG_SALT_HEADER } from '../../contract/leg-salt.ts'
import { sha256Url } from '../../contract/trust/digest.ts'
import { createUuidV7 } from '../../contract/uuid-v7.ts'
import { type CountryTokens, createCountryTokens } from '../../gateway/leg/country-tokens/country-tokens.ts'
import type { LegClock } from '../../gateway/leg/leg-clock.ts'
import { credentialsFor, headersOfCredentials } from '../../gateway/leg/leg-credentials.ts'
import { createLegKey } from '../../gateway/leg/leg-key.ts'
import { createLegTokenSigner } from '../../gateway/leg/leg-token.ts'
import { aContext, anEndpoint } from '../../gateway/testing.ts'
import type { RequestContext } from '../../gateway/types/flow.ts'
import { SealedToken } from '../../service/authenticate/sealed-token.ts'
import { createTlsPools } from '../../service/http/tls-pools.ts'
import { ISSUER } from '../../tests/authority/world.ts'
import type { RawRequest } from '../gateways/wrk.ts'
import type { BenchAuthority } from '../trust/authority.ts'
import { COUNTRY, type LegOperation } from './operations.ts'

/** How many officers take turns. */
const OFFICERS = 8

/** How long a leg may take, in milliseconds: a machine with other work must not make an answer incomplete. */
const DEADLINE_MS = 20_000

/** A clock that does not end a leg. */
const CLOCK: LegClock = { ending: null, endsOnTime: () => undefined, leftMs: () => DEADLINE_MS, stop: () => undefined }

/** Makes legs. */
export interface Legs {
  /** Shows a node the officers' mandate, so that it knows it. */
  introduce(port: number, operation: LegOperation): Promise<void>
  /** Makes legs, each with a salt of its own. The variants and the officers take turns. */
  make(operation: LegOperation, count: number): Promise<readonly RawRequest[]>
  close(): Promise<void>
}

/** Gets the officers' access tokens, and opens what a gateway exchanges them with. */
export async function createLegs(authority: BenchAuthority, scopes: readonly string[]): Promise<Legs> {
  const key = await createLegKey(join(authority.folder, 'leg.json'))
  const pools = createTlsPools()
  const log = { warn: () => undefined, info: () => undefined }
  const tokenEndpoint = new URL(authority.tokenEndpoint)
  const countryTokens = createCountryTokens({
    ...{ authorities: [{ issuer: ISSUER, tokenEndpoint, client: 'gw' }], key, gateway: 'istmo', log },
    channelTo: (one) => pools.channelTo(one.tokenEndpoint),
  })
  const options = { signLegToken: createLegTokenSigner({ key, gateway: 'istmo' }), countryTokens }
  const subjects = Array.from({ length: OFFICERS }, (_, at) => `officer-${at}`)
  const officers = await Promise.all(
    subjects.map(async (subject) => contextOf((await authority.officer(subject, 'bearer')).token)),
  )
  const headersFor = async (operation: LegOperation, officer: RequestContext) => {
    const leg = { query: operation.query, country: COUNTRY, endpoint: anEndpoint(), rights: { scopes, policies: [] } }
    const credentials = await credentialsFor(options, leg as never, officer, CLOCK, new Set())
    const list = credentials === null ? [] : headersOfCredentials(credentials)
    return Object.fromEntries(list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1] ?? '']] : [])))
  }
  return {
    async introduce(port, operation) {
      for (const officer of officers) {
        const headers = { ...(await headersFor(operation, officer)), ...newHeaders() }
        const istmo = { mandateProof: await proofOf(countryTokens, officer) }
        const { query, variants } = operation
        const body = JSON.stringify({ query, variables: variants[0], extensions: { istmo } })
        const url = `http://127.0.0.1:${port}/${operation.domain}`
        const answer = await request(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
        })
        const text = await answer.body.text()
        if (answer.statusCode !== 200) throw new Error(`expected an answer of the node; came ${text}`)
      }
    },
    async make(operation, count) {
      const { domain, query, variants } = operation
      const bodies = variants.map((variables) => JSON.stringify({ query, variables }))
      const tokens = await Promise.all(officers.map((officer) => headersFor(operation, officer)))
      return Array.from({ length: count }, (_, at) => ({
        path: `/${domain}`,
        headers: { ...tokens[at % OFFICERS], ...newHeaders() },
        body: bodies[at % bodies.length] ?? '',
      }))
    },
    async close() {
      countryTokens.close()
      await pools.close()
    },
  }
}

/** The headers that are new for each leg. */
function newHeaders(): Readonly<Record<string, string>> {
  return {
    'istmo-request-id': createUuidV7(Date.now()),
    [DEADLINE_HEADER]: String(DEADLINE_MS),
    [LEG_SALT_HEADER]: formatLegSalt(randomBytes(LEG_SALT_BYTES)),
  }
}

async function proofOf(tokens: CountryTokens, officer: RequestContext): Promise<unknown> {
  const token = await tokens.tokenFor(officer, COUNTRY, CLOCK, 'needed')
  return token?.proof
}

/** The context of a request of whoever has this access token. */
function contextOf(token: string): RequestContext {
  const claims = decodeJwt(token) as Readonly<Record<string, unknown>>
  const [mandate] = claims.authorization_details as readonly Mandate[]
  const caller: Caller = {
    ...{ issuer: ISSUER, subject: String(claims.sub), tokenId: String(claims.jti), tokenHash: sha256Url(token) },
    ...{ scopes: String(claims.scope).split(' '), expiresAt: Number(claims.exp) },
    ...(mandate !== undefined && { mandate }),
  }
  const context = aContext({ caller, grounds: { purpose: 'INVESTIGATION' } })
  return { ...context, accessToken: new SealedToken(token) }
}
