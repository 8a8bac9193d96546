import { type CompositionSuccess, composeServices } from '@apollo/composition'
import { type Subgraphs, subgraphsFromServiceList } from '@apollo/federation-internals'
import { type GraphQLError, parse } from 'graphql'
import { readDomainSchema } from './domain-schema.ts'
import { type SubgraphSet, type Violation, violationMessage, violationsOf } from './rule.ts'
import { RULES } from './rules.ts'
import { readSupergraphConfig, type SubgraphSource } from './supergraph-config.ts'

/** What composition gives. */
export interface Composition {
  /** The supergraph's SDL, ended by a line break. */
  readonly supergraphSdl: string
  /** What composition finds odd but takes. */
  readonly hints: readonly { readonly code: string; readonly level: string; readonly message: string }[]
}

/** Why subgraphs do not compose: all that was found, at once. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError'
  /** What the istmo rules refuse. */
  readonly violations: readonly Violation[]
  /** What Federation refuses. */
  readonly federationErrors: readonly GraphQLError[]

  constructor(violations: readonly Violation[], federationErrors: readonly GraphQLError[]) {
    const lines = [...violations.map(violationMessage), ...federationErrors.map(federationMessage)]
    super(`The subgraphs do not compose:\n${lines.map((line) => `- ${line}`).join('\n')}`)
    this.violations = violations
    this.federationErrors = federationErrors
  }
}

/**
 * Composes the subgraphs that a supergraph.yaml names. Dials nobody.
 * @param file path of supergraph.yaml.
 * @throws {CompositionError} with all that Federation and the istmo rules refuse.
 * @throws {Error} when the file, or one that it names, does not hold.
 */
export function compose(file: string): Composition {
  return composeSubgraphs(readSupergraphConfig(file))
}

/**
 * Composes subgraphs. The rules look at those that link the istmo spec; the others are composed as they are.
 * @throws {CompositionError} with all that Federation and the istmo rules refuse.
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

/** What the rules look at. */
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
