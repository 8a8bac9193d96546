/**
 * A plain oracle of whether a leg follows from a question: it executes both with resolvers that give made-up values, and compares which
 * fields were called with which arguments. It shares no code with the node.
 */

import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  parse,
} from 'graphql'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'

/** A call of a field. */
interface Call {
  readonly coordinate: string
  readonly args: Readonly<Record<string, unknown>>
}

const API = buildSchema(readFileSync(new URL('../../contract/client/schema.graphql', import.meta.url), 'utf8'))
const NATIONAL = new Map<Domain, GraphQLSchema>(DOMAINS.map((domain) => [domain, buildNational(domain)]))

/** The schema of a domain, without any resolver. */
export function nationalSchema(domain: Domain): GraphQLSchema {
  return NATIONAL.get(domain) as GraphQLSchema
}

function buildNational(domain: Domain): GraphQLSchema {
  const schema = buildSubgraphSchema(parse(domainSdl(domain)))
  const entities = schema.getQueryType()?.getFields()._entities
  if (entities) {
    entities.resolve = (_root, { representations }) => representations
  }
  return schema
}

interface Asked {
  readonly document: DocumentNode
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName?: string | undefined
}

/** Names a call of the leg that the question does not make; null if there is none. */
export function findForeignCall(domain: Domain, leg: Asked, question: Asked): string | null {
  const made = callsOf(API, question)
  const pages = new Set(made.flatMap(({ coordinate }) => pageFactsOf(coordinate)))
  const foreign = callsOf(nationalSchema(domain), leg).find(({ coordinate, args }) => {
    if (coordinate.endsWith('.id') || coordinate === 'Query._entities' || pages.has(coordinate)) return false
    const same = made.filter((call) => call.coordinate === coordinate)
    return !same.some((call) => isAllowed(coordinate, args, call.args))
  })
  return foreign === undefined ? null : `${foreign.coordinate} ${JSON.stringify(foreign.args)}`
}

/** The arguments that reach a country as a list of itself alone, as the contract has them. */
const COUNTRIES: Readonly<Record<string, string>> = {
  'Query.cases': 'countries',
  'Query.warrants': 'countries',
  'Query.caseCounts': 'countries',
  'Person.cases': 'countries',
  'Person.warrants': 'countries',
  'Query.persons': 'countries',
  'Query.personHits': 'countries',
  'Query.personListHits': 'countries',
  'Case.mlaRequests': 'countries',
  'Query.iccsClasses': 'publishers',
  'Query.statutes': 'countries',
  'Query.legalInstruments': 'depositaries',
  'Query.mlaRequests': 'countries',
  'Query.dualCriminality': 'countries',
}

function isAllowed(coordinate: string, sent: Call['args'], given: Call['args']): boolean {
  const isPage = pageFactsOf(coordinate).length > 0
  const bare = (args: Call['args']): string => {
    const entries = Object.entries(args).filter(
      ([name]) => name !== COUNTRIES[coordinate] && !(isPage && (name === 'after' || name === 'first')),
    )
    return JSON.stringify(withoutNothing(Object.fromEntries(entries)))
  }
  return bare(sent) === bare(given) && (!isPage || Number(sent.first ?? 20) <= Number(given.first ?? 20))
}

/** Leaves out null members, and sorts the rest. */
function withoutNothing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNothing)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, member]) => member !== null && member !== undefined)
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, withoutNothing(member)]),
  )
}

function pageFactsOf(coordinate: string): readonly string[] {
  const [typeName = '', fieldName = ''] = coordinate.split('.')
  const parent = API.getType(typeName)
  const field = isObjectType(parent) ? parent.getFields()[fieldName] : undefined
  const type = field && getNamedType(field.type).name
  if (type === undefined || !type.endsWith('Connection')) return []
  const edges = API.getType(type)
  const edge = isObjectType(edges) ? getNamedType(edges.getFields().edges?.type as GraphQLOutputType).name : ''
  const page = ['hasNextPage', 'hasPreviousPage'].map((fact) => `PageInfo.${fact}`)
  return [`${type}.edges`, `${type}.pageInfo`, `${edge}.cursor`, `${edge}.node`, ...page]
}

function callsOf(schema: GraphQLSchema, { document, variables, operationName }: Asked): readonly Call[] {
  const calls: Call[] = []
  const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (
    _source,
    args,
    _context,
    { parentType, fieldName, returnType },
  ) => {
    calls.push({ coordinate: `${parentType.name}.${fieldName}`, args })
    return makeUp(returnType)
  }
  const done = execute({ schema, document, variableValues: variables, operationName, fieldResolver })
  if (done instanceof Promise) throw new Error('expected an execution that waits for nothing')
  return calls
}

function makeUp(type: GraphQLOutputType): unknown {
  if (isNonNullType(type)) return makeUp(type.ofType)
  if (isListType(type)) return [makeUp(type.ofType)]
  if (isEnumType(type)) return type.getValues()[0]?.value
  if (!isScalarType(type)) return {}
  return { Int: 1, Boolean: true }[type.name] ?? 'x'
}
