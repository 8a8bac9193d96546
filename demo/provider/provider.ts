import type { RequestListener, ServerResponse } from 'node:http'
import Provider, { errors, type KoaContextWithOIDC, type TokenEndpointGrantContext } from 'oidc-provider'
import { chooseLanguage } from '../../contract/language.ts'
import { DEVELOPMENT_GRANT } from './clients.ts'
import { authorityAsResource, configurationOf, PROVIDER_TOKEN_S, type ProviderSettings } from './configuration.ts'
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
    else if (!(await answerLogin(provider, ctx, settings.country, officers))) await next()
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
