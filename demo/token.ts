/** `npm run -s token -- PROFILE`: prints a bearer token of the profile's development issuer and nothing else. */
import { parseArgs } from 'node:util'
import { isCountryCode } from '../contract/country-code.ts'
import { EXIT_USAGE, UsageError } from '../service/usage-error.ts'
import { readDemoConfig } from './config.ts'
import { homeIn } from './home.ts'
import { DURATION_FORMS, parseDurationS } from './issuer/duration.ts'
import { type IssuerName, issuerNameFor, loadIssuer } from './issuer/issuer.ts'
import { isProfileName, PROFILES } from './issuer/profiles.ts'
import { signAccessToken, type TokenRequest } from './issuer/token.ts'

const USAGE = `npm run -s token -- PROFILE [--scope "case:read …"] [--country HN] [--expires-in 10m] [--claims JSON]
profiles: ${Object.keys(PROFILES).join(', ')}`

/**
 * Reads the command line of the token command.
 * @throws {UsageError} naming the argument, what was expected and what came.
 */
export function parseTokenArguments(args: readonly string[]): TokenRequest {
  const { values, positionals } = readArguments(args)
  const [profile, ...rest] = positionals
  if (profile === undefined || !isProfileName(profile)) {
    throw new UsageError(`PROFILE: expected one of the profiles below; came ${profile ?? 'nothing'}`)
  }
  if (rest.length > 0) throw new UsageError(`expected one profile; came ${positionals.join(' ')}`)
  return {
    profile,
    ...(values.scope !== undefined && { scopes: parseScopes(values.scope) }),
    ...(values.country !== undefined && { country: parseCountry(values.country) }),
    ...(values['expires-in'] !== undefined && { lifetimeS: parseLifetimeS(values['expires-in']) }),
    ...(values.claims !== undefined && { claims: parseClaims(values.claims) }),
  }
}

/**
 * The development issuer that signs a request's token: that of the country asked for, or of the profile's.
 * @throws {UsageError} for a country that has none.
 */
function issuerNameOf({ country, profile }: TokenRequest): IssuerName {
  return issuerNameFor(country ?? PROFILES[profile].country)
}

function readArguments(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { scope: text, country: text, 'expires-in': text, claims: text },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function parseScopes(value: string): readonly string[] {
  const scopes = value.split(/\s+/).filter((scope) => scope !== '')
  // RFC 6749, 3.3: printable ASCII without the quote and the backslash.
  const wrong = scopes.find((scope) => !/^[\x21\x23-\x5B\x5D-\x7E]+$/.test(scope))
  if (wrong !== undefined)
    throw new UsageError(`--scope: expected scopes with spaces between them; came ${JSON.stringify(wrong)}`)
  return scopes
}

function parseCountry(value: string): string {
  if (!isCountryCode(value)) {
    throw new UsageError(`--country: expected an ISO 3166-1 alpha-2 code, or UN; came ${JSON.stringify(value)}`)
  }
  return value
}

function parseLifetimeS(value: string): number {
  const seconds = parseDurationS(value)
  if (seconds === undefined)
    throw new UsageError(`--expires-in: expected ${DURATION_FORMS}; came ${JSON.stringify(value)}`)
  return seconds
}

function parseClaims(value: string): Record<string, unknown> {
  let claims: unknown
  try {
    claims = JSON.parse(value)
  } catch (error) {
    throw new UsageError(`--claims: expected a JSON object; came text that is no JSON (${(error as Error).message})`)
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new UsageError(`--claims: expected a JSON object; came ${Array.isArray(claims) ? 'an array' : typeof claims}`)
  }
  return claims as Record<string, unknown>
}

/**
 * Prints the bearer token that the arguments ask for.
 * @throws {UsageError} naming the argument, what was expected and what came.
 */
export async function printToken(args: readonly string[]): Promise<void> {
  const request = parseTokenArguments(args)
  const issuer = await loadIssuer(issuerNameOf(request), homeIn(readDemoConfig().home).issuer)
  process.stdout.write(`${await signAccessToken(issuer, request)}\n`)
}

if (import.meta.main) {
  try {
    await printToken(process.argv.slice(2))
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr.write(`token: ${error.message}\n${USAGE}\n`)
    process.exitCode = EXIT_USAGE
  }
}
