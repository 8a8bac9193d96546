/** The demo's mandate authorities, one for each country that sends callers, and the gateway's names at them. */
import { UsageError } from '../../service/usage-error.ts'
import { COUNTRIES } from '../countries.ts'
import { authorityPort, consolePort, issuerPort, oversightPort } from '../ports.ts'

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
