import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Domain } from '../../contract/domain.ts'
import { openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import { readDemoConfig } from '../config.ts'

/** What the tests of importers, facts and generator share. */

/** Creates a fresh database of `country` with the tables of all three domains. */
export function openCountryDatabase(country: string): Promise<TestDatabase> {
  const domains: readonly Domain[] = ['cases', 'persons', 'legal']
  return openTestDatabase(
    domains.map((domain) => ({
      domain,
      migrations: new URL(`../../subgraphs/${domain}/migrations/`, import.meta.url),
    })),
    country,
  )
}

/**
 * Whether the tests with real data run. They run if the publishers' files are available. They always run in CI, where a missing
 * file fails them. A fresh clone has none of the files, and runs all other tests.
 */
export const HAS_PUBLISHED_FILES: boolean = process.env.CI === 'true' || readDemoConfig().publicDataDir !== null

/**
 * Returns the path of a publisher's file in the demo's data folder: `ISTMO_DATA`, by default `../shared/data` beside the project.
 * @throws {Error} when the file does not exist; the message names the variable. The tests with real data need the file.
 */
export function publishedFile(name: string): string {
  const folder = readDemoConfig().publicDataDir
  const path = folder === null ? undefined : join(folder, name)
  if (path === undefined || !existsSync(path)) {
    throw new Error(`${path ?? name} is missing: set ISTMO_DATA to the folder of the publishers' files`)
  }
  return path
}

/** A temporary folder for small input files. */
export interface Scratch {
  /** Writes a file and returns its path. */
  write(name: string, content: string | Uint8Array): Promise<string>
  remove(): Promise<void>
}

export async function createScratch(): Promise<Scratch> {
  const dir = await mkdtemp(join(tmpdir(), 'istmo-import-'))
  return {
    async write(name, content) {
      const path = join(dir, name)
      await writeFile(path, content)
      return path
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  }
}
