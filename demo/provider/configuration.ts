/** What a login provider of the demo does and does not do, as settings of `oidc-provider`. */
import { createHmac } from 'node:crypto'
import {
  type ClientMetadata,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider'
import { KEY_ALGORITHM, type PrivateJwk } from '../keys.ts'
import { CONSOLE_CLIENT, DEVELOPMENT_CLIENT, DEVELOPMENT_GRANT, JWKS_PATH } from './clients.ts'
import { createMemoryAdapter } from './memory-adapter.ts'
import type { Officer } from './officers.ts'

/** How long a provider's tokens live, in seconds. The command line exchanges them at once. */
export const PROVIDER_TOKEN_S = 600

/**
 * How long the console's access tokens live, in seconds: the longest that an authority takes by default. The console changes one into a new access token of the
 * authority every ten minutes, and sends the officer back to the login when it ends.
 */
const CONSOLE_TOKEN_S = 3_600

/** How long an officer stays logged in, in seconds: a working day, as long as a tool's key at most. */
const SESSION_S = 8 * 3600

/** How long an officer may look at the login page, in seconds. */
const INTERACTION_S = 600

/** What a login provider is made from. */
export interface ProviderSettings {
  /** Its address, which is also the `iss` of its tokens (OpenID Connect Discovery 1.0, section 4.3): `http://127.0.0.1:4009`. */
  readonly issuer: string
  readonly country: string
  readonly key: PrivateJwk
  /** `aud` of its access tokens: the country's authority. */
  readonly audience: string
  /** Where the console may be sent back to, each compared character by character. */
  readonly redirectUris: readonly string[]
  /** Whether the command line may log in with a profile's name. */
  readonly development: boolean
}

/** Returns the settings of `oidc-provider`: OpenID Connect with authorization codes and PKCE, and nothing else that the library offers. */
export function configurationOf(settings: ProviderSettings, officers: readonly Officer[]): Configuration {
  const names = Object.fromEntries(
    // Browsers send cookies to all ports of a host, and each country's provider has a port of the same host.
    ['session', 'interaction', 'resume'].map((name) => [name, `istmo_${settings.country.toLowerCase()}_${name}`]),
  )
  return {
    adapter: createMemoryAdapter(),
    clients: clientsOf(settings),
    jwks: { keys: [settings.key] },
    enabledJWA: { idTokenSigningAlgValues: [KEY_ALGORITHM] },
    cookies: { keys: [createHmac('sha256', settings.key.d).update('cookies').digest('base64url')], names },
    scopes: ['openid'],
    claims: { openid: ['sub', 'org', 'acr'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientAuthMethods: ['none'],
    subjectTypes: ['public'],
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    clientBasedCORS: (_, origin, client) => (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    ttl: {
      AccessToken: (_, token) => token.resourceServer?.accessTokenTTL ?? PROVIDER_TOKEN_S,
      AuthorizationCode: 60,
      IdToken: PROVIDER_TOKEN_S,
      Interaction: INTERACTION_S,
      Session: SESSION_S,
      Grant: SESSION_S,
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: accessTokensFor(settings.audience),
    },
    routes: { jwks: JWKS_PATH },
    interactions: { policy: loginOnly(), url: (_, { uid }) => `/login/${uid}` },
    loadExistingGrant: grantWithoutAsking,
    findAccount: (_, subject) => {
      const officer = officers.find((each) => each.subject === subject)
      return officer && { accountId: subject, claims: () => ({ sub: subject, org: officer.org, acr: officer.acr }) }
    },
    extraTokenClaims: (_, token) => {
      const officer = officers.find(({ subject }) => 'accountId' in token && subject === token.accountId)
      return officer && { org: officer.org, acr: officer.acr }
    },
  }
}

function clientsOf({ redirectUris, development }: ProviderSettings): ClientMetadata[] {
  const shared = { token_endpoint_auth_method: 'none', id_token_signed_response_alg: KEY_ALGORITHM } as const
  const page: ClientMetadata = {
    ...shared,
    client_id: CONSOLE_CLIENT,
    redirect_uris: [...redirectUris],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    response_modes: ['query'],
  }
  const commandLine: ClientMetadata = {
    ...shared,
    client_id: DEVELOPMENT_CLIENT,
    redirect_uris: [],
    grant_types: [DEVELOPMENT_GRANT],
    response_types: [],
  }
  return development ? [page, commandLine] : [page]
}

/** Makes each access token a JWT for the country's authority (RFC 8707, RFC 9068). */
function accessTokensFor(audience: string) {
  return {
    enabled: true,
    defaultResource: () => audience,
    useGrantedResource: () => true,
    getResourceServerInfo: (_: KoaContextWithOIDC, resource: string, client: { readonly clientId: string }) => {
      if (resource !== audience) throw new errors.InvalidTarget()
      return authorityAsResource(audience, client.clientId === CONSOLE_CLIENT ? CONSOLE_TOKEN_S : PROVIDER_TOKEN_S)
    },
  }
}

/** The country's authority, as what an access token is for. It asks for no scopes: those come from mandates. `lifetimeS`: in seconds. */
export function authorityAsResource(audience: string, lifetimeS: number): ResourceServer {
  return {
    scope: '',
    audience,
    accessTokenTTL: lifetimeS,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg: KEY_ALGORITHM } },
  }
}

/** Asks an officer who they are, and nothing else: the tools are their own country's. */
function loginOnly(): interactionPolicy.Prompt[] {
  const policy = interactionPolicy.base()
  policy.remove('consent')
  return policy
}

async function grantWithoutAsking(ctx: KoaContextWithOIDC) {
  const { client, session, provider } = ctx.oidc
  const grantId = client && session?.grantIdFor(client.clientId)
  if (grantId) return provider.Grant.find(grantId)
  const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId })
  grant.addOIDCScope('openid')
  await grant.save()
  return grant
}
