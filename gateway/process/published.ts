/** What the countries publish and which of them are unavailable, and the entries of the audit log about a change of it. */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { GatewayEntry } from '../audit-log/audit-log.ts'

/** What the audit log has said last. Hashes are SHA-256, in hexadecimal digits, of texts in the content store. */
export interface Published {
  /** The hash of the supergraph. */
  readonly supergraph: string
  readonly countries: Readonly<Record<string, PublishedCountry>>
}

/** One country: why the gateway asks it for nothing, or null; and the hash of each SDL by domain, and of its `policies`. */
export interface PublishedCountry {
  readonly unavailable: string | null
  readonly texts: Readonly<Record<string, string>>
}

const NOTHING: Published = { supergraph: '', countries: {} }

const publishedSchema = z.strictObject({
  supergraph: z.string(),
  countries: z.record(
    z.string(),
    z.strictObject({ unavailable: z.string().nullable(), texts: z.record(z.string(), z.string()) }),
  ),
})

/**
 * Lists the entries about a change: what was suspended or resumed, and what was published.
 * @param before null if the log has said nothing yet.
 */
export function listChanges(before: Published | null, after: Published): readonly GatewayEntry[] {
  const { supergraph, countries } = before ?? NOTHING
  const graph = after.supergraph === supergraph ? [] : [publication(null, 'supergraph', after.supergraph)]
  const ofCountries = Object.entries(after.countries).flatMap(([country, { unavailable, texts }]) => {
    const known = Object.hasOwn(countries, country) ? countries[country] : undefined
    const was = known?.unavailable ?? null
    const published = Object.entries(texts).filter(([domain, sdl]) => known?.texts[domain] !== sdl)
    return [
      ...(was === unavailable ? [] : [suspension(country, unavailable)]),
      ...published.map(([domain, sdl]) => publication(country, domain, sdl)),
    ]
  })
  return [...graph, ...ofCountries]
}

function publication(country: string | null, domain: string, sdl: string): GatewayEntry {
  return { kind: 'publication', country, domain, sdl, result: 'PUBLISHED', code: null }
}

function suspension(country: string, by: string | null): GatewayEntry {
  const action = by === null ? 'RESUMED' : 'SUSPENDED'
  return { kind: 'suspension', country, domain: null, action, by }
}

/**
 * Reads what the log has said last; null if nobody wrote it down, or if the file is damaged. Then the log says everything again, which is true
 * too.
 */
export async function readPublished(file: string): Promise<Published | null> {
  try {
    return publishedSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null
  }
}

/** Writes down what the log has said, in one step, so that nobody reads half of it. */
export async function writePublished(file: string, published: Published): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify(published))
  await rename(`${file}.new`, file)
}
