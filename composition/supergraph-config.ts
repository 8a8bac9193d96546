import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

/**
 * supergraph.yaml in the format of Rover's `supergraph compose --config`, as far as it names files: no introspection and no
 * registry, so that composing dials nobody.
 */

const Config = z.strictObject({
  /** Major version of Federation (`2`), or an exact one of composition (`=2.14.4`). */
  federation_version: z
    .union([z.literal(2), z.string().regex(/^=?2(\.\d+){0,2}$/, 'a Federation 2 version, as in 2 or =2.14.4')])
    .optional(),
  subgraphs: z.record(
    z.string().min(1),
    z.strictObject({
      /** Where the subgraph answers when nobody publishes it as a domain. */
      routing_url: z.url(),
      /** SDL of the subgraph, relative to this file. */
      schema: z.strictObject({ file: z.string().min(1) }),
    }),
  ),
})

/** One subgraph as supergraph.yaml names it, its SDL read. */
export interface SubgraphSource {
  readonly name: string
  readonly url: string
  readonly sdl: string
}

/**
 * Reads supergraph.yaml and the SDL files that it names.
 * @param file path of supergraph.yaml; the schema files are relative to it.
 * @throws {Error} naming file, path and what was expected, when the file does not hold; that of the file system, when one cannot be read.
 */
export function readSupergraphConfig(file: string): readonly SubgraphSource[] {
  const config = Config.safeParse(parse(readFileSync(file, 'utf8')))
  if (!config.success) throw new Error(`${file}: ${z.prettifyError(config.error)}`)
  return Object.entries(config.data.subgraphs).map(([name, subgraph]) => ({
    name,
    url: subgraph.routing_url,
    sdl: readFileSync(resolve(dirname(file), subgraph.schema.file), 'utf8'),
  }))
}
