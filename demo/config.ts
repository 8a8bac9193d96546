/**
 * Where the demo stores its files and which ports it uses. In the demo and its commands, only this file and `demo/start.ts` read the environment.
 */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { speak } from '../service/lang-option.ts'
import { UsageError } from '../service/usage-error.ts'
import { homeFolder, PROJECT_DIR } from './home-folder.ts'

export { PROJECT_DIR }

/** The default port of the gateway. The ports of the nodes and the issuers follow it (`demo/countries.ts`). */
export const DEFAULT_PORT = 4000

/** The highest base port: the demo also uses the seventeen ports above it. */
export const MAX_PORT = 65_518

/** The settings of the demo, read from the environment. Paths are absolute. */
export interface DemoConfig {
  /** `ISTMO_HOME`: everything that the demo writes. Default `.istmo` in the project. */
  readonly home: string
  /** `PORT`: the gateway's port. */
  readonly port: number
  /** `DATABASE_URL`: a PostgreSQL server with one database for each country; null for PGlite under `home`. */
  readonly databaseUrl: string | null
  /** `ISTMO_DATA`: the folder of the publishers' files; null if there is none. Default `../shared/data` if it exists. */
  readonly publicDataDir: string | null
  /** `CORS_ORIGIN`: origins besides the consoles' whose pages may ask the gateway, separated by commas. Default: none. */
  readonly corsOrigins: readonly string[]
}

const PORT_FORM = `a port from 1 to ${MAX_PORT}`

/** The variables: the form of each, in words too, and what it means. */
const VARIABLES = z.object({
  ISTMO_HOME: z.string().optional().describe('where the demo writes everything; default .istmo in the project'),
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, PORT_FORM)
    .transform(Number)
    .refine((port) => port >= 1 && port <= MAX_PORT, PORT_FORM)
    .optional()
    .describe(`the gateway’s port, from 1 to ${MAX_PORT}; the others follow it; default ${DEFAULT_PORT}`),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'a URL that begins with postgres:// or postgresql://')
    .optional()
    .describe('a PostgreSQL server, as postgres://…; without it an embedded one'),
  ISTMO_DATA: z
    .string()
    .optional()
    .describe('the folder of the publishers’ files; default ../shared/data if it exists'),
  CORS_ORIGIN: z
    .string()
    .optional()
    .describe('origins besides the consoles’ whose pages may ask the gateway, separated by commas; default none'),
})

type DemoVariable = keyof typeof VARIABLES.shape

/** Returns what these environment variables mean, for the help of a command. */
export function describeEnvironment(...names: readonly DemoVariable[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, VARIABLES.shape[name].description ?? '']))
}

/**
 * Reads the settings of the demo. An empty variable counts as not set.
 * @param overrides the settings of the command line, which take precedence over the environment.
 * @throws {UsageError} if a setting is wrong. The message names the variable, what was expected and what came, but never a database URL,
 * because it may hold a password.
 */
export function readDemoConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
  overrides: { readonly publicDataDir?: string | undefined } = {},
): DemoConfig {
  const set = Object.fromEntries(Object.keys(VARIABLES.shape).map((name) => [name, env[name] || undefined]))
  const { data, error } = VARIABLES.safeParse(set)
  if (error) {
    const { path = [], message } = error.issues[0] ?? {}
    const name = String(path[0])
    const came = name === 'DATABASE_URL' ? 'something else' : JSON.stringify(env[name])
    throw new UsageError(`${name}: expected ${message}; came ${came}`)
  }
  const { ISTMO_HOME, PORT, DATABASE_URL, ISTMO_DATA, CORS_ORIGIN } = data
  return Object.freeze({
    home: homeFolder({ ISTMO_HOME }),
    port: PORT ?? DEFAULT_PORT,
    databaseUrl: DATABASE_URL ?? null,
    publicDataDir: publicDataDir(overrides.publicDataDir, ISTMO_DATA),
    corsOrigins: CORS_ORIGIN?.split(',').map((origin) => origin.trim()) ?? [],
  })
}

/** Decides the language of a program of the demo by its arguments and its environment. */
export function speakAsTerminal(): void {
  speak(process.argv.slice(2), process.env)
}

/**
 * Returns the complete environment for a child process, with some variables replaced. A variable that is null is removed.
 * @param defaults variables for a child if this process does not have them, or has them empty.
 */
export function childEnvironment(
  set: Readonly<Record<string, string | null>>,
  defaults: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> {
  const env = { ...process.env }
  for (const [name, value] of Object.entries(defaults)) env[name] ||= value
  for (const [name, value] of Object.entries(set)) {
    if (value === null) delete env[name]
    else env[name] = value
  }
  return env
}

function publicDataDir(option: string | undefined, variable: string | undefined): string | null {
  const [name, named] = option === undefined ? ['ISTMO_DATA', variable] : ['--data', option]
  if (named !== undefined) {
    const dir = resolve(named)
    if (!isFolder(dir)) throw new UsageError(`${name}: expected the path of a folder that exists; came ${dir}`)
    return dir
  }
  const usual = resolve(PROJECT_DIR, '../shared/data')
  return isFolder(usual) ? usual : null
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
