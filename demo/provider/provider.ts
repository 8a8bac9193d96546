/**
 * The login provider of a country in the demo: OpenID Connect with authorization codes and PKCE. An officer chooses who they are, and types
 * nothing secret. Never use it for real officers: whoever reaches it is whoever they choose.
 */
import type { RequestListener } from 'node:http'
import Provider, { type KoaContextWithOIDC } from 'oidc-provider'
import { chooseLanguage } from '../../contract/language.ts'
import { configurationOf, type ProviderSettings } from './configuration.ts'
import { registerDevelopmentLogin } from './development-login.ts'
import { renderErrorPage } from './login-page.ts'
import { answerLogin } from './login-routes.ts'
import { officersOf, signersOf } from './officers.ts'
import { setSecurityHeaders } from './security-headers.ts'

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
