/** What the console is told by the authority that serves it: whom it may talk to. */

/** The path of the settings, on the console's own origin. */
export const CONFIG_PATH = '/console/config.json'

/** How the console reaches the mandate authority. */
export interface AuthorityAddress {
  readonly issuer: string
  readonly tokenEndpoint: string
  /** The console's id at the authority. */
  readonly clientId: string
  /** Where an officer's mandates are listed; null if the authority lists none, and the officer then must have exactly one. */
  readonly mandatesEndpoint: string | null
}

/** How the console reaches the login provider. */
export interface ProviderAddress {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  /** Where an officer is logged out; null if the provider has no such place. */
  readonly endSessionEndpoint: string | null
  readonly clientId: string
  readonly scope: string
  /** Which of the provider's tokens the authority takes. */
  readonly subjectToken: 'access_token' | 'id_token'
  /** The parameter `resource` (RFC 8707); null for none. */
  readonly resource: string | null
}

/** How the console reaches oversight, where auditors ask. */
export interface OversightAddress {
  /** The address of its GraphQL. */
  readonly url: string
  /** The address that an access token for it must name; by default the gateway's. */
  readonly audience: string
  /** Paths of the console's origin that have the country's own trust policy. */
  readonly trustPolicy: readonly string[]
}

/** The settings of a console. */
export interface ConsoleConfig {
  /** The country that serves the console: ISO 3166-1 alpha-2. */
  readonly country: string
  readonly authority: AuthorityAddress
  readonly provider: ProviderAddress
  /** The path of the console's origin to which the provider sends an officer back. */
  readonly redirectPath: string
  /** The gateway's address without a path, exactly as its operator publishes it. */
  readonly gateway: string
  /** Where auditors ask; null if this console has no rooms for them. */
  readonly oversight: OversightAddress | null
  /** Where an export is noted before its file is made; null if this authority notes none. */
  readonly exports: { readonly url: string } | null
  /** Whether this is a demonstration. Its records say themselves whether they are made up. */
  readonly development: boolean
}

/** The settings could not be read. The message says which member was expected and what came. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem'
}

type Members = Readonly<Record<string, unknown>>

/**
 * Reads the settings. Nothing is guessed: a console that talks to a wrong address would send an officer's login there.
 * @throws {ConfigProblem} that names the member.
 */
export function readConfig(body: unknown): ConsoleConfig {
  const root = objectAt(body, 'config.json')
  if (root.version !== 1) throw expected('version', '1', root.version)
  const authority = objectAt(root.authority, 'authority')
  const provider = objectAt(root.provider, 'provider')
  const { subjectToken } = provider
  if (subjectToken !== 'access_token' && subjectToken !== 'id_token') {
    throw expected('provider.subjectToken', 'access_token or id_token', subjectToken)
  }
  const redirectPath = textAt(root, 'redirectPath')
  if (!/^\/console\/[\w/-]+$/.test(redirectPath)) throw expected('redirectPath', 'a path below /console/', redirectPath)
  return {
    country: textAt(root, 'country'),
    authority: {
      issuer: textAt(authority, 'issuer'),
      clientId: textAt(authority, 'clientId'),
      tokenEndpoint: addressAt(authority, 'tokenEndpoint'),
      mandatesEndpoint: authority.mandatesEndpoint == null ? null : addressAt(authority, 'mandatesEndpoint'),
    },
    provider: {
      issuer: textAt(provider, 'issuer'),
      clientId: textAt(provider, 'clientId'),
      scope: textAt(provider, 'scope'),
      authorizationEndpoint: addressAt(provider, 'authorizationEndpoint'),
      tokenEndpoint: addressAt(provider, 'tokenEndpoint'),
      endSessionEndpoint: provider.endSessionEndpoint == null ? null : addressAt(provider, 'endSessionEndpoint'),
      subjectToken,
      resource: provider.resource == null ? null : textAt(provider, 'resource'),
    },
    redirectPath,
    gateway: addressAt(root, 'gateway'),
    oversight: root.oversight == null ? null : readOversight(objectAt(root.oversight, 'oversight')),
    exports: root.exports == null ? null : { url: addressAt(objectAt(root.exports, 'exports'), 'url') },
    development: root.development === true,
  }
}

function readOversight(oversight: Members): OversightAddress {
  const paths = [oversight.trustPolicy ?? []].flat().map((path: unknown): string => {
    if (typeof path === 'string' && /^\/console\/[\w./-]+$/.test(path)) return path
    throw expected('oversight.trustPolicy', 'paths below /console/', path)
  })
  const url = addressAt(oversight, 'url')
  return {
    url,
    audience: oversight.audience == null ? new URL(url).origin : addressAt(oversight, 'audience'),
    trustPolicy: paths,
  }
}

function objectAt(value: unknown, place: string): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
  throw expected(place, 'an object', value)
}

function textAt(members: Members, name: string): string {
  const value = members[name]
  if (typeof value === 'string' && value !== '') return value
  throw expected(name, 'a text', value)
}

/** An address of http or https: `location.assign` would run a `javascript:` address. */
function addressAt(members: Members, name: string): string {
  const value = textAt(members, name)
  if (/^https?:\/\/[^/]/.test(value) && URL.canParse(value)) return value
  throw expected(name, 'an address with http or https', value)
}

function expected(place: string, what: string, came: unknown): ConfigProblem {
  const shown = came === undefined ? 'nothing' : JSON.stringify(came)?.slice(0, 120)
  return new ConfigProblem(`${CONFIG_PATH}: expected ${place} to be ${what}; came ${shown}`)
}
