/** The domains that the gateway serves: the publishers of each, and who may read what. Wires plan, spread and authorize. */
import { type GraphQLSchema, parse } from 'graphql'
import { readNationalRules } from '../../contract/access/national-rules.ts'
import type { RuleTable } from '../../contract/access/rule-table.ts'
import { type Authorizer, createAuthorizer, type GuardedDomain, type Publisher } from '../authorize/authorizer.ts'
import type { Planner } from '../plan/compile.ts'
import { type Publication, readPublication } from '../spread/publication.ts'
import type { Endpoint, Participant, SuspendedNow } from '../types/participant.ts'

/** A domain that countries publish, or a subgraph with one endpoint. */
export interface Served {
  /** By country; empty for a subgraph that no country publishes. */
  readonly publishers: ReadonlyMap<string, Publication>
  readonly endpoints: ReadonlyMap<string, Endpoint>
  /** The endpoint to ask if no country publishes the subgraph. */
  readonly plain: Endpoint
}

/** Lists each subgraph of a planner's graph by name, with the participants that publish it. */
export function serveDomains(
  planner: Planner,
  participants: readonly Participant[],
  subgraphDefaults: Omit<Endpoint, 'url'>,
): ReadonlyMap<string, Served> {
  return new Map(
    [...planner.subgraphs].map(([name, { url, schema }]): [string, Served] => {
      const publishers = new Map<string, Publication>()
      const endpoints = new Map<string, Endpoint>()
      for (const { country, domains } of participants) {
        const subgraph = Object.hasOwn(domains, name) ? domains[name] : undefined
        if (!subgraph) continue
        publishers.set(country, readPublication(schema, country, subgraph.sdl))
        endpoints.set(country, subgraph)
      }
      return [name, { publishers, endpoints, plain: { url, ...subgraphDefaults } }]
    }),
  )
}

/** Who publishes, what is suspended, and what time it is. */
interface GuardOptions {
  readonly participants: readonly Participant[]
  readonly suspended?: SuspendedNow
  readonly now?: () => number
}

/**
 * Makes the authorizer of a planner's graph. The graph's rules are the floor. What a country's own SDL adds applies in that country.
 * @throws {Error} if the rules of a country cannot be read.
 */
export function guardDomains(
  planner: Planner,
  served: ReadonlyMap<string, Served>,
  { participants, suspended, now }: GuardOptions,
): Authorizer {
  const domains = [...planner.subgraphs].map(([name, { schema }]): GuardedDomain => {
    const publishers = new Map<string, Publisher>()
    for (const { country, access, callers, domains: published } of participants) {
      const publication = served.get(name)?.publishers.get(country)
      if (publication === undefined) continue
      const own = readOwnRules(published[name]?.sdl)
      publishers.set(country, { access, own, callers, publishes: publication.publishes })
    }
    return { name, publishers, has: (typeName, fieldName) => hasField(schema, typeName, fieldName) }
  })
  return createAuthorizer({ floor: planner.rules, domains, ...(suspended && { suspended }), ...(now && { now }) })
}

function readOwnRules(sdl: string | undefined): RuleTable | null {
  return sdl === undefined ? null : readNationalRules(parse(sdl, { noLocation: true }))
}

function hasField(schema: GraphQLSchema, typeName: string, fieldName: string): boolean {
  const type = schema.getType(typeName)
  if (!type) return false
  return fieldName === '__typename' || ('getFields' in type && Object.hasOwn(type.getFields(), fieldName))
}
