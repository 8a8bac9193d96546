import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type CompositionSuccess, composeServices } from '@apollo/composition'
import { type Subgraphs, subgraphsFromServiceList } from '@apollo/federation-internals'
import { type GraphQLError, parse } from 'graphql'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { readDomainSchema } from './domain-schema.ts'
import { type SubgraphSet, type Violation, violationMessage, violationsOf } from './rule.ts'
import { RULES } from './rules.ts'

/** The result of a composition. */
export interface Composition {
  /** The supergraph's SDL, ended by a line break. */
  readonly supergraphSdl: string
  /** What composition accepts but warns about. */
  readonly hints: readonly { readonly code: string; readonly level: string; readonly message: string }[]
}

/** Subgraphs do not compose. The error lists every reason that was found, not only the first. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError'
  /** What the istmo rules reject. */
  readonly violations: readonly Violation[]
  /** What Federation rejects. */
  readonly federationErrors: readonly GraphQLError[]

  constructor(violations: readonly Violation[], federationErrors: readonly GraphQLError[]) {
    const lines = [...violations.map(violationMessage), ...federationErrors.map(federationMessage)]
    super(`The subgraphs do not compose:\n${lines.map((line) => `- ${line}`).join('\n')}`)
    this.violations = violations
    this.federationErrors = federationErrors
  }
}

/**
 * Composes the subgraphs that a supergraph.yaml names. Makes no network request.
 * @param file path of supergraph.yaml.
 * @throws {CompositionError} with everything that Federation and the istmo rules reject.
 * @throws {Error} when the file, or one that it names, cannot be read or does not have the expected form.
 */
export function compose(file: string): Composition {
  return composeSubgraphs(readSupergraphConfig(file))
}

/**
 * Composes subgraphs. The rules check the subgraphs that link the istmo spec. Federation composes the others unchanged.
 * @throws {CompositionError} with everything that Federation and the istmo rules reject.
 */
export function composeSubgraphs(sources: readonly SubgraphSource[]): Composition {
  const services = sources.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }))
  const subgraphs = subgraphsFromServiceList(services)
  if (Array.isArray(subgraphs)) throw new CompositionError([], subgraphs)
  const violations = violationsOf(subgraphSet(subgraphs), RULES)
  const { supergraphSdl, hints, errors } = composeServices(services)
  if (violations.length > 0 || errors !== undefined) throw new CompositionError(violations, errors ?? [])
  return { supergraphSdl: `${supergraphSdl.trimEnd()}\n`, hints: hints.map(readHint) }
}

/** Builds the set of subgraphs that the rules check. */
export function subgraphSet(subgraphs: Subgraphs): SubgraphSet {
  const all = subgraphs.values().map(readDomainSchema)
  return { all, domains: all.filter(({ istmoVersion }) => istmoVersion !== undefined) }
}

function readHint({ definition, message }: CompositionSuccess['hints'][number]): Composition['hints'][number] {
  return { code: definition.code, level: definition.level.name, message }
}

function federationMessage(error: GraphQLError): string {
  return `${error.extensions.code ?? 'INVALID_GRAPHQL'} ${error.message}`
}

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
  const config = Config.safeParse(parseYaml(readFileSync(file, 'utf8')))
  if (!config.success) throw new Error(`${file}: ${z.prettifyError(config.error)}`)
  return Object.entries(config.data.subgraphs).map(([name, subgraph]) => ({
    name,
    url: subgraph.routing_url,
    sdl: readFileSync(resolve(dirname(file), subgraph.schema.file), 'utf8'),
  }))
}
