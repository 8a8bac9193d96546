/** A real gateway over two countries' nodes, and officers' sessions whose tokens are bound to their keys. */
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createDpopSender } from '../../clients/dpop-fetch.ts'
import type { CurrentSession, Session } from '../../clients/session.ts'
import { createSessionKey, type SessionKey } from '../../clients/session-key.ts'
import { createPlace, type GatewayProcess, type Place } from '../tokens/gateway-process.ts'
import { claimsOf, createProvider, type IdentityProvider, signAs } from '../tokens/identity-provider.ts'
import { type StubNodes, startStubNodes } from './stub-nodes.ts'

/** What each member may read here. */
const SCOPES = ['case:read', 'person:read', 'warrant:read', 'person:identifiers']

/** The world of one test file. */
export interface World {
  readonly nodes: StubNodes
  readonly gateway: GatewayProcess
  readonly provider: IdentityProvider
  /** Makes a token that is bound to the key with this thumbprint. */
  grant(thumbprint: string, over?: { readonly claims?: object; readonly mandate?: object }): Promise<string>
  /** Makes a session with a new key. `claims` replaces claims of its tokens; `mandate` replaces members of the mandate. */
  session(over?: { readonly claims?: object; readonly mandate?: object }): Promise<TestSession>
  close(): Promise<void>
}

/** A session that needs no authority: its token is signed by the country's provider itself. */
export interface TestSession extends Session, CurrentSession {}

/** Starts the world. */
export async function startWorld(...flags: string[]): Promise<World> {
  const nodes = await startStubNodes()
  const place: Place = await createPlace((country) => ({
    domains: Object.fromEntries(
      ['cases', 'persons', 'legal'].map((domain) => [domain, { url: nodes.urlOf(country, domain) }]),
    ),
    taskForces: [
      {
        id: 'jtf-2026-03',
        notAfter: '2098-12-31',
        members: [
          { issuer: 'GT', agencies: ['GT-MP-FECO'], purposes: ['INVESTIGATION', 'PROSECUTION'], scopes: SCOPES },
        ],
      },
    ],
    // Only Honduras wants to know the case.
    ...(country === 'HN' && { legClaims: ['case'] }),
  }))
  const provider = await createProvider('GT', place.folder)
  const gateway = await place.start('--issuers', await place.writeIssuers([provider.entry]), ...flags)
  const grant: World['grant'] = async (jkt, { claims = {}, mandate = {} } = {}) => {
    const own = claimsOf(provider)
    const [granted] = own.authorization_details as object[]
    const details = [{ ...granted, ...mandate }]
    return signAs(provider, {
      ...{ ...own, scope: SCOPES.join(' '), cnf: { jkt }, authorization_details: details, ...claims },
    })
  }
  return {
    ...{ nodes, gateway, provider, grant },
    async session(over = {}) {
      const key = await createSessionKey()
      return sessionOf(key, await grant(key.thumbprint, over))
    },
    async close() {
      await place.remove()
      await nodes.close()
    },
  }
}

/** Makes a session of any key and token. */
export function sessionOf(key: SessionKey, accessToken: string): TestSession {
  const nowS = (): number => Date.now() / 1_000
  const current = { key, accessToken, nowS, sender: createDpopSender(key, nowS, fetch) }
  return { ...current, current: async () => current }
}

/** SHA-256 in base64url. */
export function sha256(text: string): string {
  return Buffer.from(createHash('sha256').update(text).digest()).toString('base64url')
}
