/** The two graphs of the bench: one that each gateway can serve, and the product's own. */
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { OPEN_SUPERGRAPH_SDL } from '../../gateway/plan/testing.ts'
import { ruledSdl, ruledSupergraph } from './graph/graph.ts'
import { ALL_COUNTRIES, recordsOf, STRICT_COUNTRY } from './product-records.ts'
import { COUNTRY, RECORDS_OF_ALL, type Records } from './records.ts'

/** A graph that countries publish. */
export interface World {
  readonly countries: readonly string[]
  /** What the officers' mandate says that they may read. */
  readonly scopes: readonly string[]
  /** What a country lets them read of it. */
  scopesOf(country: string): readonly string[]
  sdlOf(domain: Domain): string
  recordsOf(country: string): Records
  /** The supergraph with its rules. */
  supergraph(): string
}

const PRODUCT_SCOPES = ['case:read', 'person:read', 'mla:read']

const WHOLE = readFileSync(join(import.meta.dirname, '../../supergraph.graphql'), 'utf8')

/** Returns a graph by its size: 0 is the graph that each gateway can serve, and `n` the product's own with `n` countries. */
export function worldOf(size: number): World {
  if (size === 0) {
    return {
      ...{ countries: [COUNTRY], scopes: ['case:read', 'person:read', 'case:officials'] },
      scopesOf: () => ['case:read', 'person:read'],
      ...{ sdlOf: ruledSdl, recordsOf: () => RECORDS_OF_ALL, supergraph: ruledSupergraph },
    }
  }
  return {
    ...{ countries: ALL_COUNTRIES.slice(0, size), scopes: PRODUCT_SCOPES },
    scopesOf: (country) => (country === STRICT_COUNTRY ? PRODUCT_SCOPES.slice(0, 2) : PRODUCT_SCOPES),
    ...{ sdlOf: domainSdl, recordsOf: (country) => recordsOf(country, size), supergraph: () => WHOLE },
  }
}

/** Writes the supergraph of a graph to a file. @returns the file. */
export async function writeSupergraph(world: World, folder: string): Promise<string> {
  const file = join(folder, 'supergraph.graphql')
  await writeFile(file, world.supergraph())
  return file
}

/** Writes the product's own supergraph without its rules to a file. @returns the file. */
export async function writeOpenSupergraph(folder: string): Promise<string> {
  const file = join(folder, 'open.graphql')
  await writeFile(file, OPEN_SUPERGRAPH_SDL)
  return file
}
