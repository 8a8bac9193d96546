/** `npm run -s token -- PROFILE`: logs an officer in to the running demo, and prints only their bearer token. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, print } from 'graphql'
import { isCountryCode } from '../contract/country-code.ts'
import { runCommand } from '../service/command-line.ts'
import type { CommandLine } from '../service/command-spec.ts'
import { matching, SWITCH, TEXT } from '../service/command-texts.ts'
import { makeFilesPrivate } from '../service/private-files.ts'
import { UsageError } from '../service/usage-error.ts'
import { gatewayAddress } from './authority/authorities.ts'
import { type LogIn, logIn, logInOnly } from './authority/log-in.ts'
import { ISTMO_TEXTS } from './commands/texts.ts'
import { describeEnvironment, PROJECT_DIR, readDemoConfig, speakAsTerminal } from './config.ts'
import { EXAMPLE_PERSON_ID } from './generator/persons.ts'
import { type Home, homeIn } from './home.ts'
import { isProfileName, isSignerName, PROFILES, type Profile } from './provider/officers.ts'

/** The question of README. */
const ACROSS_BORDERS = join(PROJECT_DIR, 'demo/across-borders.graphql')

/** The command line of `istmo token`. */
export const TOKEN = {
  ...ISTMO_TEXTS.declare('token', {
    arguments: { profile: { isOptional: true } },
    options: {
      scope: { parse: parseScopes },
      country: matching(isCountryCode),
      mandate: TEXT,
      loginOnly: SWITCH,
      curl: SWITCH,
      expiresIn: { instead: 'A token lives ten minutes, as its authority says. Run the command again for a new one.' },
      claims: { instead: 'An authority signs what the login and the mandate say. Choose another profile.' },
    },
  }),
  notes: {
    Profiles: Object.fromEntries(
      Object.entries<Profile>(PROFILES).map(([name, profile]) => [
        name,
        `${describeProfile(profile)}; scopes: ${profile.scopes.join(' ') || 'none'}`,
      ]),
    ),
    Environment: describeEnvironment('ISTMO_HOME'),
  },
}

/** Reads who logs in. @throws {UsageError} if the profile is not known. The message lists what there is. */
export function toLogIn({ profile, scope, country, mandate }: CommandLine<typeof TOKEN>): LogIn {
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

/** Writes a curl command with the question across borders, for a POSIX shell. */
export async function exampleCurl(address: string, token: string): Promise<string> {
  // Prints the query again, because on one line a comment would swallow the rest.
  const query = print(parse(await readFile(ACROSS_BORDERS, 'utf8'))).replace(/\s+/g, ' ')
  const body = JSON.stringify({ query, variables: { id: EXAMPLE_PERSON_ID } })
  return [
    `curl -s ${address}/graphql`,
    `-H 'Content-Type: application/json'`,
    `-H 'Authorization: Bearer ${token}'`,
    `-d '${body.replaceAll("'", `'\\''`)}'`,
  ].join(' ')
}

/** Runs `istmo token`: prints the bearer token that the arguments describe. */
export async function printToken(args: readonly string[]): Promise<void> {
  await runCommand(TOKEN, args, async (line) => {
    // A wrong profile is named whether the demo runs or not.
    const ask = line.loginOnly ? askLogin(toLogInOnly(line)) : askToken(toLogIn(line))
    const home = homeIn(readDemoConfig().home)
    const port = await runningPort(home)
    const token = await ask({ ca: home.ca, port })
    process.stdout.write(`${line.curl ? await exampleCurl(gatewayAddress(port), token) : token}\n`)
  })
}

if (import.meta.main) {
  makeFilesPrivate()
  speakAsTerminal()
  await printToken(process.argv.slice(2))
}
