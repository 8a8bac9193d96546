import { join } from 'node:path'
import { UsageError } from '../../service/usage-error.ts'
import { authorityPort, COUNTRIES, consolePort, issuerPort, oversightPort } from '../countries.ts'

/** The demo's mandate authorities, one for each country that sends callers, and the gateway's names at them. */

/** Returns the gateway's address: the audience of access tokens and of signed questions. A tool sends its questions there, too. */
export function gatewayAddress(basePort: number): string {
  return `http://127.0.0.1:${basePort}`
}

/** Returns the address of the auditors' GraphQL: the audience of its access tokens. */
export function oversightAddress(basePort: number): string {
  return `http://127.0.0.1:${oversightPort(basePort)}`
}

/** Returns the address of a country's authority, which speaks TLS. */
export function authorityAddress(basePort: number, country: string): string {
  return `https://127.0.0.1:${authorityPort(basePort, country)}`
}

/** Returns the address of a country's console, without its path. Plain HTTP, too. */
export function consoleAddress(basePort: number, country: string): string {
  return `http://127.0.0.1:${consolePort(basePort, country)}`
}

/** Returns the address of a country's login provider, which is its name too. Plain HTTP: a browser does not know the demo's certificates. */
export function providerAddress(basePort: number, country: string): string {
  return `http://127.0.0.1:${issuerPort(basePort, country)}`
}

/** The id of the auditors' GraphQL at the authorities. */
export const OVERSIGHT_CLIENT = 'istmo-oversight'

/** The gateway's name: the `iss` of its leg tokens. */
export const GATEWAY_NAME = 'istmo'

/** The gateway's `client_id` at the authorities. */
export const GATEWAY_CLIENT = 'istmo-gateway'

/** The `client_id` of the command line at the authorities. It gets bearer tokens, which only a development client may. */
export const COMMAND_LINE_CLIENT = 'istmo-demo'

/** Who an authority is. */
export interface AuthorityName {
  readonly country: string
  /** The `iss` of its tokens. A name, not an address: it is the same in every demo, whatever its ports. */
  readonly issuer: string
  readonly timeZone: string
}

/** The authorities. */
export const AUTHORITIES: readonly AuthorityName[] = [...COUNTRIES].flatMap(([country, { authority }]) =>
  authority === undefined ? [] : [{ country, issuer: authority.issuer, timeZone: authority.timeZone }],
)

/**
 * Finds the authority of `country`. Only it speaks for the officers of the country.
 * @throws {UsageError} when the country has none.
 */
export function authorityOf(country: string): AuthorityName {
  const authority = AUTHORITIES.find((each) => each.country === country)
  if (authority !== undefined) return authority
  const countries = AUTHORITIES.map((each) => each.country).join(' or ')
  throw new UsageError(`--country: expected ${countries}, which have an authority; came ${country}`)
}

/**
 * The witnesses of each country, by their names in the trust policy: a country believes a mandate that one of its own has seen
 */
export const COUNTRY_WITNESSES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  [...COUNTRIES].flatMap(([country, { witness }]) =>
    witness === undefined ? [] : [[country, [witness === 'observer' ? witness : country]]],
  ),
)

/** Returns the layout of the folder of `country` below `folder`. Makes no files. */
export function authorityHomeIn(folder: string, country: string) {
  const dir = join(folder, country)
  return {
    dir,
    /** The settings of `istmo authority`, written again at each start, but for a section `reveal` that a person added. */
    settings: join(dir, 'authority.yaml'),
    clients: join(dir, 'clients.yaml'),
    providers: join(dir, 'providers.yaml'),
    /** The trust policy with the witnesses that cosign its log, under the names that the settings use. */
    trustPolicy: join(dir, 'trust-policy'),
    /** The keys that sign its tokens. */
    signingKeys: join(dir, 'signing-keys.json'),
    auditLog: join(dir, 'audit-log'),
    auditLogKey: join(dir, 'audit-log.key'),
    refKeys: join(dir, 'refs.json'),
    database: join(dir, 'database'),
    /** What it keeps of suspensions, and where `istmo suspend --folder` puts a statement. */
    suspensions: join(dir, 'suspensions'),
    /** Settings of `istmo ask` for an officer of this country, written again at each start. */
    ask: join(dir, 'ask.yaml'),
    /** Settings of `istmo console` for this country, written again at each start. */
    console: join(dir, 'console.yaml'),
    /** The folder of the private keys of the two persons who sign mandates. In reality each person keeps their own. */
    persons: join(dir, 'persons'),
  }
}

/** The files of one country's authority, below the folder of the authorities. All of them survive a restart. */
export type AuthorityHome = Readonly<ReturnType<typeof authorityHomeIn>>

/** `client_id` of the console, a page that runs in an officer's browser and can keep no secret. */
export const CONSOLE_CLIENT = 'istmo-console'

/** `client_id` of the command line, which may use the development login and nothing else. */
export const DEVELOPMENT_CLIENT = 'istmo-development'

/** The path of a provider's key set, below its address. */
export const JWKS_PATH = '/.well-known/jwks.json'

/** The grant type of the development login. */
export const DEVELOPMENT_GRANT = 'urn:istmo:grant-type:development-login'
