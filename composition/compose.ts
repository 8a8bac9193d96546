import { type CompositionSuccess, composeServices } from '@apollo/composition'
import { type Subgraphs, subgraphsFromServiceList } from '@apollo/federation-internals'
import { type GraphQLError, parse } from 'graphql'
import { readDomainSchema } from './domain-schema.ts'
import { type SubgraphSet, type Violation, violationMessage, violationsOf } from './rule.ts'
import { RULES } from './rules.ts'
import { readSupergraphConfig, type SubgraphSource } from './supergraph-config.ts'

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
