import type { Logger } from 'pino'
import { closestTo } from './closest-to.ts'

/** Shorter names are too often near to another one by chance, as PGHOST is to HOST. */
const LEAST_LETTERS = 5

/**
 * Warns of each variable of the environment whose name is one or two letters away from a setting. It may be somebody else's, so it is a warning.
 * @param known the variables that the process reads.
 */
export function warnOfMisspelt(
  known: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  log: Pick<Logger, 'warn'>,
): void {
  const long = known.filter(({ length }) => length >= LEAST_LETTERS)
  for (const name of Object.keys(env)) {
    const meant = known.includes(name) || name.length < LEAST_LETTERS ? undefined : closestTo(name, long, 2)
    if (meant !== undefined) log.warn(`the variable ${name} is not a setting; did you mean ${meant}?`)
  }
}
