import type { Logger } from 'pino'
import { z } from 'zod'
import { warnOfMisspelt } from '../service/misspelt-variables.ts'

const environmentSchema = z.object({
  /** The URL of a PostgreSQL server. Empty or absent: the embedded database of the settings. */
  DATABASE_URL: z.string().optional(),
})

/**
 * Reads what the authority takes from the environment: only the URL of its database, because it may hold a password. This is the only file
 * of the process that reads the environment.
 * @returns the URL; undefined for the embedded database.
 */
export function readDatabaseUrl(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { DATABASE_URL: url } = environmentSchema.parse(env)
  return url === '' ? undefined : url
}

/** Warns of variables whose names are almost those that the authority reads. */
export function warnOfMisspeltSettings(log: Pick<Logger, 'warn'>, env: NodeJS.ProcessEnv = process.env): void {
  warnOfMisspelt(Object.keys(environmentSchema.shape), env, log)
}
