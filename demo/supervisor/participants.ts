import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../../service/usage-error.ts'
import { COUNTRIES, DEMO_COUNTRIES } from '../countries.ts'

/** The participants that have only the records of their publisher's file. Without the file they do not take part. */
export const FROM_FILE_ONLY: readonly string[] = DEMO_COUNTRIES.filter((code) => COUNTRIES.get(code)?.isFromFile)

const participantSchema = z.object({ domains: z.record(z.string(), z.unknown()) })

/**
 * Reads the domains that a participant publishes: the keys of `domains` in its committed file.
 * @throws {UsageError} when the file does not exist, or has no domains.
 */
export async function domainsOf(countriesDir: string, country: string): Promise<readonly string[]> {
  const path = join(countriesDir, `${country}.yaml`)
  const text = await readFile(path, 'utf8').catch(() => undefined)
  const parsed = participantSchema.safeParse(text === undefined ? undefined : parse(text))
  if (!parsed.success) throw new UsageError(`${path}: expected the domains of ${country} under «domains»; came none`)
  return Object.keys(parsed.data.domains)
}
