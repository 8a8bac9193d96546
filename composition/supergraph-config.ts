import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'

/**
 * supergraph.yaml in the format of Rover's `supergraph compose --config`, but only with files. Introspection and registries are
 * not supported, so that composing makes no network request.
 */

const Config = z.strictObject({
  /** Major version of Federation (`2`), or an exact version of the composition (`=2.14.4`). */
  federation_version: z
    .union([z.literal(2), z.string().regex(/^=?2(\.\d+){0,2}$/, 'a Federation 2 version, as in 2 or =2.14.4')])
    .optional(),
  subgraphs: z.record(
    z.string().min(1),
    z.strictObject({
      /** The subgraph's address, which the gateway asks if no country publishes the subgraph as a domain. */
      routing_url: z.url(),
      /** Path of the subgraph's SDL, relative to this file. */
      schema: z.strictObject({ file: z.string().min(1) }),
    }),
  ),
})

/** One subgraph that supergraph.yaml names, with the text of its SDL. */
export interface SubgraphSource {
  readonly name: string
  readonly url: string
  readonly sdl: string
}

/**
 * Reads supergraph.yaml and the SDL files that it names.
 * @param file path of supergraph.yaml. The paths of the schema files are relative to its folder.
 * @throws {Error} with the file, the path in it and what was expected, when supergraph.yaml does not have the expected form.
 * @throws {Error} from the file system, when a file cannot be read.
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
