import { errors, type default as Provider, type TokenEndpointGrantContext } from 'oidc-provider'
import { DEVELOPMENT_GRANT } from './clients.ts'
import { authorityAsResource, PROVIDER_TOKEN_S } from './configuration.ts'
import type { Officer } from './officers.ts'

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
