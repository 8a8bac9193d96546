/** Logs an officer of the demo in, as a command-line tool does: at the login provider, and then at the mandate authority. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { createTrustedFetch } from '../../service/http/trusted-fetch.ts'
import { UsageError } from '../../service/usage-error.ts'
import { isSignerName, PROFILES, type ProfileName, type SignerName } from '../provider/officers.ts'
import {
  authorityAddress,
  authorityOf,
  COMMAND_LINE_CLIENT,
  DEVELOPMENT_CLIENT,
  DEVELOPMENT_GRANT,
  gatewayAddress,
  oversightAddress,
  providerAddress,
} from './authorities.ts'

/** How long the demo may take for one of the two answers, in milliseconds: on a busy machine the first one takes seconds. */
const ANSWER_WITHIN_MS = 60_000

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

/** Who logs in, and what for. */
export interface LogIn {
  readonly profile: ProfileName
  /** The country where the officer works; by default the profile's. */
  readonly country?: string
  /** Fewer scopes than the mandate has. */
  readonly scopes?: readonly string[]
  /** The hash of a mandate, or its task force, where several name the officer. */
  readonly mandate?: string
}

const answer = z.object({
  access_token: z.string().optional(),
  error: z.string().optional(),
  error_description: z.string().optional(),
  mandates: z.array(z.object({ hash: z.string(), task_force: z.string(), not_after: z.string() })).optional(),
})

type Answer = z.infer<typeof answer>

/** SHA-256 in base64url. */
const HASH = /^[\w-]{43}$/

/**
 * Returns a bearer token for the gateway, or an auditor's for the auditors' GraphQL. It lives ten minutes.
 * @param demo `ca`: the file of the authority that knows its servers. `port`: the gateway's port in the running demo.
 * @throws {UsageError} if the country has no authority. @throws {Error} if no demo runs there, or it gives no token.
 */
export async function logIn(
  { profile, country, scopes, mandate }: LogIn,
  { ca, port }: { readonly ca: string; readonly port: number },
): Promise<string> {
  const authority = authorityOf(country ?? PROFILES[profile].country)
  const identity = await logInAtProvider(authority.country, profile, port)
  const ask = createTrustedFetch({ ca: await readFile(ca, 'utf8') })
  const address = authorityAddress(port, authority.country)
  const form = {
    grant_type: EXCHANGE,
    client_id: COMMAND_LINE_CLIENT,
    audience: profile === 'oversight' ? oversightAddress(port) : gatewayAddress(port),
    subject_token: identity,
    subject_token_type: ACCESS_TOKEN,
    ...(scopes !== undefined && { scope: scopes.join(' ') }),
  }
  const isHash = mandate !== undefined && HASH.test(mandate)
  const first = await askAt(ask, address, { ...form, ...(isHash && { mandate }) })
  if (first.mandates === undefined) return tokenIn(first, address)
  const chosen = chooseMandate(first.mandates, mandate)
  return tokenIn(await askAt(ask, address, { ...form, mandate: chosen }), address)
}

/**
 * Chooses among the mandates that name an officer.
 * @param taskForce which one is meant; undefined if nobody said it.
 * @returns the hash of the mandate.
 * @throws {UsageError} if it is not one of them, or several. The message lists them.
 */
export function chooseMandate(
  offered: Readonly<NonNullable<Answer['mandates']>>,
  taskForce: string | undefined,
): string {
  const [first, ...others] = offered.filter(({ task_force }) => task_force === taskForce)
  if (first !== undefined && others.length === 0) return first.hash
  const lines = offered.map(({ hash, task_force, not_after }) => `  ${hash}  ${task_force}, until ${not_after}`)
  const why =
    taskForce === undefined ? 'because several mandates name this officer' : `came ${JSON.stringify(taskForce)}`
  throw new UsageError(`--mandate: expected the hash or the task force of one of these, ${why}:\n${lines.join('\n')}`)
}

/**
 * Returns the token of the login provider of somebody's country: `istmo ask` changes an officer's at the authority, and `istmo mandates` shows the
 * authority that of a person who signs mandates.
 * @param who by default, those who sign are Guatemala's.
 * @throws {UsageError} if the country has no authority. @throws {Error} if no demo runs there, or it gives no token.
 */
export function logInOnly(
  { profile, country }: { readonly profile: ProfileName | SignerName; readonly country?: string },
  { port }: { readonly port: number },
): Promise<string> {
  const home = isSignerName(profile) ? 'GT' : PROFILES[profile].country
  return logInAtProvider(authorityOf(country ?? home).country, profile, port)
}

/**
 * Returns the login provider's token, which says who somebody is.
 * @throws {Error} if no provider answers, or it gives no token.
 */
export function logInAtProvider(country: string, profile: ProfileName | SignerName, basePort: number): Promise<string> {
  const form = { grant_type: DEVELOPMENT_GRANT, client_id: DEVELOPMENT_CLIENT, profile }
  return askForToken(fetch, providerAddress(basePort, country), form)
}

async function askForToken(...asked: Parameters<typeof askAt>): Promise<string> {
  return tokenIn(await askAt(...asked), asked[1])
}

async function askAt(ask: typeof fetch, address: string, form: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await ask(`${address}/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch((cause: unknown) => {
    throw new Error(`expected a demo that answers at ${address}; came none. Start it with npm start`, { cause })
  })
  return answer.parse(await response.json())
}

function tokenIn({ access_token: token, error, error_description: why }: Answer, address: string): string {
  if (token !== undefined) return token
  throw new Error(`${address} gives no token: ${error ?? 'no error'}: ${why ?? 'it does not say why'}`)
}
