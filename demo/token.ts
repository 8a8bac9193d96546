/** `npm run -s token -- PROFILE`: logs an officer in to the running demo, and prints only their bearer token. */
import { readFile } from 'node:fs/promises'
import { isCountryCode } from '../contract/country-code.ts'
import { parseCommandLine, runCommand } from '../service/command-line.ts'
import type { CommandLine, CommandSpec } from '../service/command-spec.ts'
import { makeFilesPrivate } from '../service/private-files.ts'
import { UsageError } from '../service/usage-error.ts'
import { type LogIn, logIn, logInOnly } from './authority/log-in.ts'
import { describeEnvironment, readDemoConfig, speakAsTerminal } from './config.ts'
import { type Home, homeIn } from './home.ts'
import { isSignerName } from './provider/officers.ts'
import { isProfileName, PROFILES, type Profile } from './provider/profiles.ts'

const TOKEN = {
  name: 'istmo token',
  description:
    'Logs an officer in to the running demo: at the login provider of their country, and then at its mandate authority. Prints only the bearer ' +
    'token, which lives ten minutes. `npm run -s token --` does the same.',
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
      meaning: 'fewer scopes than those of the mandate',
      expected: 'one or more scopes separated by spaces, for example "case:read person:hit"',
      parse: parseScopes,
    },
    country: {
      flag: 'country',
      value: 'code',
      meaning: 'the caller’s country, instead of that of the profile',
      expected: 'an ISO 3166-1 alpha-2 code, or UN',
      parse: (text: string) => (isCountryCode(text) ? text : undefined),
    },
    mandate: {
      flag: 'mandate',
      value: 'mandate',
      meaning: 'the mandate to ask under, where several name the officer; without it, the command lists them',
      expected: 'the hash of a mandate, or the name of its task force',
    },
    loginOnly: {
      flag: 'login-only',
      value: null,
      meaning:
        'print what the login provider gives instead: for --login of istmo ask, and for --token of istmo ' +
        'mandates, with «drafter» or «approver» as the profile',
    },
    expiresIn: {
      flag: 'expires-in',
      value: 'duration',
      meaning: 'how long the token lives',
      instead: 'A token lives ten minutes, as its authority says. Run the command again for a new one.',
    },
    claims: {
      flag: 'claims',
      value: 'json',
      meaning: 'what the token says',
      instead: 'An authority signs what the login and the mandate say. Choose another profile.',
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
    { command: 'istmo token analyst', meaning: 'Prints a token of the analyst.' },
    {
      command: 'istmo token analyst --login-only > login',
      meaning: 'Writes the token with which istmo ask logs the analyst in at the authority.',
    },
    { command: 'istmo token prosecutor --scope "case:read"', meaning: 'Prints a token with one scope.' },
  ],
} as const satisfies CommandSpec

/**
 * Reads the command line of the token command.
 * @throws {UsageError} if an argument is wrong. The message names it, what was expected and what came.
 */
export function parseTokenArguments(args: readonly string[]): LogIn {
  return toLogIn(parseCommandLine(TOKEN, args))
}

function toLogIn({ profile, scope, country, mandate }: CommandLine<typeof TOKEN>): LogIn {
  if (profile === undefined || !isProfileName(profile)) throw unknownProfile(profile)
  return {
    profile,
    ...(scope !== undefined && { scopes: scope }),
    ...(country !== undefined && { country }),
    ...(mandate !== undefined && { mandate }),
  }
}

/** Those who sign mandates can log in, too. They ask nothing, so they have no profile. */
function toLogInOnly({ profile, ...rest }: CommandLine<typeof TOKEN>): Parameters<typeof logInOnly>[0] {
  if (!isSignerName(profile)) return toLogIn({ profile, ...rest })
  return { profile, ...(rest.country !== undefined && { country: rest.country }) }
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

/** RFC 6749, 3.3: printable ASCII without the quote and the backslash. */
function parseScopes(text: string): readonly string[] | undefined {
  const scopes = text.split(/\s+/).filter((scope) => scope !== '')
  return scopes.length > 0 && scopes.every((scope) => /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(scope)) ? scopes : undefined
}

/** Returns the gateway's port of the demo that runs in a home folder, or ran there last. */
async function runningPort({ dir, port }: Home): Promise<number> {
  const text = await readFile(port, 'utf8').catch((cause: unknown) => {
    throw new Error(`expected a demo that runs in ${dir}; came none. Start it with npm start, or set ISTMO_HOME`, {
      cause,
    })
  })
  return Number(text)
}

type Running = Parameters<typeof logIn>[1]
const askLogin = (who: Parameters<typeof logInOnly>[0]) => (running: Running) => logInOnly(who, running)
const askToken = (who: LogIn) => (running: Running) => logIn(who, running)

/** Runs `istmo token`: prints the bearer token that the arguments describe. */
export async function printToken(args: readonly string[]): Promise<void> {
  await runCommand(TOKEN, args, async (line) => {
    // A wrong profile is named whether the demo runs or not.
    const ask = line.loginOnly ? askLogin(toLogInOnly(line)) : askToken(toLogIn(line))
    const home = homeIn(readDemoConfig().home)
    process.stdout.write(`${await ask({ ca: home.ca, port: await runningPort(home) })}\n`)
  })
}

if (import.meta.main) {
  makeFilesPrivate()
  speakAsTerminal()
  await printToken(process.argv.slice(2))
}
