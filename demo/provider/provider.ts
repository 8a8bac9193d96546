import { createHmac } from 'node:crypto'
import type { RequestListener, ServerResponse } from 'node:http'
import Provider, {
  type Adapter,
  type AdapterPayload,
  type ClientMetadata,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  type ResourceServer,
  type TokenEndpointGrantContext,
} from 'oidc-provider'
import { chooseLanguage } from '../../contract/language.ts'
import { CONSOLE_CLIENT, DEVELOPMENT_CLIENT, DEVELOPMENT_GRANT, JWKS_PATH } from '../authority/authorities.ts'
import { KEY_ALGORITHM, type PrivateJwk } from '../keys.ts'
import { answerLogin, renderErrorPage } from './login-page.ts'
import { type Officer, officersOf, signersOf } from './officers.ts'

/**
 * The login provider of a country in the demo: OpenID Connect with authorization codes and PKCE. An officer chooses who they are, and types
 * nothing secret. Never use it for real officers: whoever reaches it is whoever they choose.
 */

const DISCOVERY_PATH = '/.well-known/openid-configuration'

/**
 * Creates a login provider. It answers the requests of a server that listens at the address `settings.issuer`.
 * @returns the listener for `node:http`.
 */
export function createLoginProvider(settings: ProviderSettings): RequestListener {
  const officers = officersOf(settings.country, settings.key.d)
  const everybody = [...officers, ...signersOf(settings.country, settings.key.d)]
  const login = { country: settings.country, officers, isDevelopment: settings.development }
  const provider = new Provider(settings.issuer, {
    ...configurationOf(settings, everybody),
    renderError: (ctx, { error }) => {
      ctx.type = 'html'
      ctx.body = renderErrorPage(chooseLanguage(ctx.get('accept-language')), error)
    },
  })
  if (settings.development) registerDevelopmentLogin(provider, settings.audience, everybody)
  const { host } = new URL(settings.issuer)
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    setSecurityHeaders(ctx.res, settings.redirectUris)
    // A page of another site whose name leads to this machine would be of the same origin as this one (DNS rebinding).
    if (ctx.get('host') !== host) ctx.status = 421
    else if (!(await answerLogin(provider, ctx, login))) await next()
    // Each client may take its code in the address only. The library lists all modes that it knows.
    if (ctx.path === DISCOVERY_PATH && ctx.status === 200) {
      ctx.body = { ...(ctx.body as object), response_modes_supported: ['query'] }
    }
  })
  return provider.callback()
}

/** Headers by which a request shows that it passed a proxy, or that a page in a browser sent it. */
const NOT_FROM_A_SHELL = ['forwarded', 'x-forwarded-for', 'origin', 'sec-fetch-site']

/**
 * Lets the command line log in: a POST to the token endpoint with the name of a profile gives an access token. It answers only
 * connections from this machine that come neither through a proxy nor from a browser.
 */
export function registerDevelopmentLogin(provider: Provider, audience: string, officers: readonly Officer[]): void {
  const logIn = async (ctx: TokenEndpointGrantContext<{ readonly profile?: string }>): Promise<void> => {
    const isDirect = NOT_FROM_A_SHELL.every((name) => ctx.get(name) === '')
    if (!isDirect || !isLoopback(ctx.req.socket.remoteAddress)) {
      throw new errors.AccessDenied('the development login is for the command line of this machine')
    }
    const officer = officers.find(({ profile }) => profile === ctx.oidc.params.profile)
    if (officer === undefined) {
      const names = officers.map(({ profile }) => profile).join(', ')
      throw new errors.InvalidRequest(`expected profile, one of ${names}`)
    }
    const { client } = ctx.oidc
    const grant = new provider.Grant({ accountId: officer.subject, clientId: client.clientId })
    const grantId = await grant.save()
    const token = new provider.AccessToken({ accountId: officer.subject, client, grantId, gty: DEVELOPMENT_GRANT })
    token.resourceServer = new provider.ResourceServer(audience, authorityAsResource(audience, PROVIDER_TOKEN_S))
    ctx.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: PROVIDER_TOKEN_S }
  }
  provider.registerGrantType(DEVELOPMENT_GRANT, logIn, ['profile'])
}

/** Whether a socket's address is one of this machine. A server on IPv6 shows IPv4 addresses in the form `::ffff:127.0.0.1`. */
function isLoopback(address: string | undefined): boolean {
  return /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address ?? '')
}

/**
 * Sets what browsers must keep to on every answer of the login provider: no script, no frame around a page, nothing from elsewhere.
 * @param redirectUris where a login may end. Browsers hold the redirects after a form to the policy of the page with the form.
 */
export function setSecurityHeaders(response: ServerResponse, redirectUris: readonly string[]): void {
  const ends = new Set(redirectUris.map((uri) => new URL(uri).origin))
  const policy = [
    ...["default-src 'none'", "style-src 'self'", `form-action 'self' ${[...ends].join(' ')}`.trimEnd()],
    ...["frame-ancestors 'none'", "base-uri 'none'"],
  ]
  const headers = {
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    // The address of a login page has the id of the login, and the one after it has the code.
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
}

/** What a login provider of the demo does and does not do, as settings of `oidc-provider`. */

/** How long a provider's tokens live, in seconds. The command line exchanges them at once. */
const PROVIDER_TOKEN_S = 600

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
  /** Whether the command line, and a page that names a profile in `login_hint`, may log in with a profile's name. */
  readonly development: boolean
}

/** Returns the settings of `oidc-provider`: OpenID Connect with authorization codes and PKCE, and nothing else that the library offers. */
function configurationOf(settings: ProviderSettings, officers: readonly Officer[]): Configuration {
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
function authorityAsResource(audience: string, lifetimeS: number): ResourceServer {
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

/** Where a login provider keeps sessions, logins in progress and codes: in memory, so that a restart ends them. */

/** How many records a provider keeps. Beyond it, the oldest one is forgotten, so that nobody fills the memory with logins that never end. */
const MAX_RECORDS = 10_000

interface Kept {
  payload: AdapterPayload
  /** Milliseconds since 1970; infinite: it does not end. */
  readonly endsAt: number
}

/**
 * Creates a new memory, shared by all models of one provider.
 * @param now the clock, in milliseconds since 1970.
 * @returns the adapter of a model, as oidc-provider's setting `adapter` wants it.
 */
export function createMemoryAdapter(now: () => number = Date.now): (model: string) => Adapter {
  const records = new Map<string, Kept>()
  return (model) => createModelAdapter(records, model, now)
}

function createModelAdapter(records: Map<string, Kept>, model: string, now: () => number): Adapter {
  const keyOf = (id: string) => `${model}:${id}`
  const find = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
    for (const [key, { payload, endsAt }] of records) {
      if (key.startsWith(`${model}:`) && endsAt > now() && matches(payload)) return payload
    }
    return undefined
  }
  return {
    upsert: async (id, payload, expiresIn) => {
      const endsAt = now() + (expiresIn ?? Number.POSITIVE_INFINITY) * 1000
      records.delete(keyOf(id))
      records.set(keyOf(id), { payload, endsAt })
      if (records.size > MAX_RECORDS) makeRoom(records, now())
    },
    find: async (id) => {
      const kept = records.get(keyOf(id))
      return kept !== undefined && kept.endsAt > now() ? kept.payload : undefined
    },
    findByUid: async (uid) => find((payload) => payload.uid === uid),
    findByUserCode: async (userCode) => find((payload) => payload.userCode === userCode),
    // The library looks and consumes in two steps. Of two requests with the same code, both may have looked before one consumes it.
    consume: async (id) => {
      const kept = records.get(keyOf(id))
      if (kept === undefined || kept.payload.consumed !== undefined) throw new errors.InvalidGrant('already consumed')
      kept.payload = { ...kept.payload, consumed: Math.floor(now() / 1000) }
    },
    destroy: async (id) => {
      records.delete(keyOf(id))
    },
    revokeByGrantId: async (grantId) => {
      for (const [key, { payload }] of records) {
        if (key.startsWith(`${model}:`) && payload.grantId === grantId) records.delete(key)
      }
    },
  }
}

/** Forgets what has ended, and then the oldest records. */
function makeRoom(records: Map<string, Kept>, now: number): void {
  for (const [key, { endsAt }] of records) if (endsAt <= now) records.delete(key)
  for (const key of records.keys()) {
    if (records.size <= MAX_RECORDS) return
    records.delete(key)
  }
}
