/** `npm run -s token -- PROFILE`: prints only a bearer token of the profile's development issuer. */
import { isCountryCode } from '../contract/country-code.ts'
import { parseCommandLine, runCommand } from '../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../service/command-spec.ts'
import { makeFilesPrivate } from '../service/private-files.ts'
import { UsageError } from '../service/usage-error.ts'
import { describeEnvironment, readDemoConfig } from './config.ts'
import { homeIn } from './home.ts'
import { DURATION_FORMS, parseDurationS } from './issuer/duration.ts'
import { type IssuerName, issuerNameFor, loadIssuer } from './issuer/issuer.ts'
import { isProfileName, PROFILES, type Profile } from './issuer/profiles.ts'
import { DEFAULT_LIFETIME_S, signAccessToken, type TokenRequest } from './issuer/token.ts'

const TOKEN = {
  name: 'istmo token',
  description: 'Prints only a bearer token of a development issuer. `npm run -s token --` does the same.',
  arguments: {
    profile: {
      meaning:
        'the profile of the caller, one of those below; without it, the command lists them and ends with an error',
      isOptional: true,
    },
  },
  options: {
    scope: {
      flag: 'scope',
      value: 'scopes',
      meaning: 'scopes instead of those of the profile',
      expected: 'scopes separated by spaces, for example "case:read person:hit"',
      parse: parseScopes,
    },
    country: {
      flag: 'country',
      value: 'code',
      meaning: 'the caller’s country, instead of that of the profile',
      expected: 'an ISO 3166-1 alpha-2 code, or UN',
      parse: (text: string) => (isCountryCode(text) ? text : undefined),
    },
    expiresIn: {
      flag: 'expires-in',
      value: 'duration',
      meaning: `the lifetime of the token, by default ${DEFAULT_LIFETIME_S} seconds`,
      expected: DURATION_FORMS,
      parse: parseDurationS,
    },
    claims: {
      flag: 'claims',
      value: 'json',
      meaning: 'claims that replace those of the token; null removes a claim',
      expected: 'a JSON object',
      parse: parseClaims,
    },
  },
  notes: {
    Profiles: Object.fromEntries(
      Object.entries<Profile>(PROFILES).map(([name, profile]) => [
        name,
        `${describeProfile(profile)}; scopes: ${profile.scopes.join(' ') || 'none'}`,
      ]),
    ),
    Environment: describeEnvironment('ISTMO_HOME'),
  },
  examples: [
    { command: 'istmo token analyst', meaning: 'Prints a token of the analyst, for an hour.' },
    {
      command: 'istmo token prosecutor --expires-in 10m --scope "case:read"',
      meaning: 'Prints a token with one scope, for ten minutes.',
    },
  ],
} as const satisfies CommandSpec

/**
 * Reads the command line of the token command.
 * @throws {UsageError} if an argument is wrong. The message names it, what was expected and what came.
 */
export function parseTokenArguments(args: readonly string[]): TokenRequest {
  return toTokenRequest(parseCommandLine(TOKEN, args))
}

function toTokenRequest({ profile, scope, country, expiresIn, claims }: CommandLine<typeof TOKEN>): TokenRequest {
  if (profile === undefined || !isProfileName(profile)) throw unknownProfile(profile)
  return {
    profile,
    ...(scope !== undefined && { scopes: scope }),
    ...(country !== undefined && { country }),
    ...(expiresIn !== undefined && { lifetimeS: expiresIn }),
    ...(claims !== undefined && { claims }),
  }
}

/** Lists the profiles, one line each, so that whoever types the command without one sees what there is. */
function unknownProfile(given: string | undefined): UsageError {
  const names = Object.keys(PROFILES)
  const widest = Math.max(...names.map(({ length }) => length))
  const lines = Object.entries<Profile>(PROFILES).map(
    ([name, profile]) => `  ${name.padEnd(widest)}  ${describeProfile(profile)}`,
  )
  const came = given === undefined ? 'nothing' : JSON.stringify(given)
  return new UsageError(
    [
      `<profile>: expected one of ${names.join(', ')}; came ${came}`,
      ...lines,
      'Run «istmo token --help» for its options.',
    ].join('\n'),
  )
}

function describeProfile({ country, role, unit, purpose }: Profile): string {
  return `${role} of ${country}-MP-${unit}, ${purpose}`
}

/**
 * Chooses the development issuer that signs the token: that of the requested country, or of the profile's country.
 * @throws {UsageError} if the country has no development issuer.
 */
function issuerNameOf({ country, profile }: TokenRequest): IssuerName {
  return issuerNameFor(country ?? PROFILES[profile].country)
}

/** RFC 6749, 3.3: printable ASCII without the quote and the backslash. */
function parseScopes(text: string): readonly string[] | undefined {
  const scopes = text.split(/\s+/).filter((scope) => scope !== '')
  return scopes.every((scope) => /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(scope)) ? scopes : undefined
}

function parseClaims(value: string): Record<string, unknown> {
  let claims: unknown
  try {
    claims = JSON.parse(value)
  } catch (error) {
    throw new UsageError(`expected a JSON object; came text that is not JSON (${(error as Error).message})`)
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    throw new UsageError(`expected a JSON object; came ${Array.isArray(claims) ? 'an array' : typeof claims}`)
  }
  return claims as Record<string, unknown>
}

/** Runs `istmo token`: prints the bearer token that the arguments describe. */
export async function printToken(args: readonly string[]): Promise<void> {
  await runCommand(TOKEN, args, async (line) => {
    const request = toTokenRequest(line)
    const issuer = await loadIssuer(issuerNameOf(request), homeIn(readDemoConfig().home).issuer)
    process.stdout.write(`${await signAccessToken(issuer, request)}\n`)
  })
}

if (import.meta.main) {
  makeFilesPrivate()
  await printToken(process.argv.slice(2))
}
