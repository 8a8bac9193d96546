import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
  visit,
} from 'graphql'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { ANSWERED } from '../../contract/outcome.ts'
import { isRecordId, ownerOf } from '../../contract/record-id.ts'
import type { AnswerContext } from './answering.ts'
import { FINDERS, RESOLVERS } from './resolvers.ts'
import { type Rows, rowsOf } from './rows.ts'

/** One leg as a country receives it. */
export interface NationalRequest {
  readonly country: string
  readonly domain: Domain
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** Where a leg's answer comes from: plain resolvers in memory, or the SQL of the real national subgraphs. */
export type AnswerNationally = (
  request: NationalRequest,
) => Promise<Pick<ExecutionResult, 'data' | 'errors' | 'extensions'>>

/** The gateway asked a country for something that it must never ask for. The property fails. */
export class LegViolation extends Error {
  override readonly name = 'LegViolation'
}

/** Types to which a domain adds only EVERY fields: it answers for any well-formed id (docs/design/contract.md, Ids). */
const STUBS: Readonly<Record<Domain, readonly string[]>> = { cases: ['Person'], persons: [], legal: ['Case'] }

const schemas = new Map<Domain, GraphQLSchema>(DOMAINS.map((domain) => [domain, buildDomainSchema(domain)]))
const documents = new Map<string, DocumentNode>()

/**
 * Parses the document of a leg. Checks that it is valid against the domain's schema and does not ask for `outcomes`.
 * @throws {LegViolation} if a check fails.
 */
export function checkedDocument({ domain, query }: NationalRequest): DocumentNode {
  const key = `${domain} ${query}`
  let document = documents.get(key)
  if (document) return document
  document = parse(query)
  const [problem] = validate(domainSchema(domain), document)
  if (problem) throw new LegViolation(`the leg does not fit the schema of ${domain}: ${problem.message}\n${query}`)
  visit(document, {
    enter(node) {
      if (node.kind === Kind.FIELD && node.name.value === 'outcomes') {
        throw new LegViolation(`outcomes is asked of a country:\n${query}`)
      }
    },
  })
  // The cache is bounded, so that a long run does not hold each document.
  if (documents.size > 2_000) documents.clear()
  documents.set(key, document)
  return document
}

/**
 * Makes national subgraphs in memory. Each country's domain answers only from its own rows.
 * @param edgeCap returns the largest number of edges in one page of a country.
 */
export function nationsInMemory(
  rows: Rows,
  edgeCap: (country: string) => number = () => Number.POSITIVE_INFINITY,
): AnswerNationally {
  const parts = new Map<string, Rows>()
  const partOf = (country: string, domain: Domain): Rows => {
    const key = `${country} ${domain}`
    const part = parts.get(key) ?? rowsOf(rows, country, domain)
    parts.set(key, part)
    return part
  }
  return async (request) => {
    const { country, domain, variables } = request
    const contextValue = nationalContext(country, partOf(country, domain), edgeCap(country))
    const document = checkedDocument(request)
    checkRepresentations(request)
    const answer = await execute({ schema: domainSchema(domain), document, variableValues: variables, contextValue })
    const violation = answer.errors?.find(({ originalError }) => originalError instanceof LegViolation)
    if (violation)
      throw new LegViolation(
        `${country} ${domain}: ${violation.message}\n${request.query}\n${JSON.stringify(variables)}`,
      )
    // Passes through JSON, as over HTTP.
    return JSON.parse(JSON.stringify(answer))
  }
}

/**
 * Checks that a leg asks about each record only once.
 * @throws {LegViolation} if it asks twice.
 */
export function checkRepresentations({ query, variables: { representations } }: NationalRequest): void {
  if (!Array.isArray(representations)) return
  const distinct = new Set(representations.map((one) => JSON.stringify(one)))
  if (distinct.size < representations.length) {
    throw new LegViolation(`a record is asked about twice: ${JSON.stringify(representations)}\n${query}`)
  }
}

/** Returns the schema of a domain in a national subgraph in memory. */
export function domainSchema(domain: Domain): GraphQLSchema {
  const schema = schemas.get(domain)
  if (!schema) throw new Error(`expected a schema of ${domain}`)
  return schema
}

function buildDomainSchema(domain: Domain): GraphQLSchema {
  const resolvers: Record<string, Record<string, unknown>> = {}
  for (const [typeName, fields] of Object.entries(RESOLVERS[domain])) resolvers[typeName] = { ...fields }
  for (const [typeName, find] of Object.entries(FINDERS[domain])) {
    resolvers[typeName] = { ...resolvers[typeName], __resolveReference: recordResolver(find) }
  }
  for (const stub of STUBS[domain]) resolvers[stub] = { ...resolvers[stub], __resolveReference: stubResolver }
  const modules = [{ typeDefs: parse(domainSdl(domain)), resolvers: resolvers as never }]
  return buildSubgraphSchema(modules)
}

function recordResolver(find: (context: AnswerContext, id: string) => unknown) {
  return ({ id }: { readonly id: string }, context: AnswerContext & { readonly country: string }) => {
    if (ownerOf(id) !== context.country) throw new LegViolation(`${context.country} is asked about ${id}`)
    return find(context, id) ? { id } : null
  }
}

function stubResolver({ id }: { readonly id: unknown }): { readonly id: string } {
  if (!isRecordId(id)) throw new LegViolation(`a representation has the id ${JSON.stringify(id)}`)
  return { id }
}

function nationalContext(country: string, rows: Rows, cap: number): AnswerContext & { readonly country: string } {
  return {
    country,
    rows,
    hasOutcomes: false,
    edgeCap: () => cap,
    spread(_domain, argument, info) {
      if (argument?.length === 1 && argument[0] === country) return [{ country, outcome: ANSWERED }]
      throw new LegViolation(`${coordinateOf(info)} is asked of ${country} for ${JSON.stringify(argument)}`)
    },
    mayRead(_domain, id, info) {
      if (ownerOf(id) === country) return true
      throw new LegViolation(`${coordinateOf(info)} of ${id} is asked of ${country}`)
    },
  }
}

function coordinateOf(info: GraphQLResolveInfo): string {
  return `${info.parentType.name}.${info.fieldName}`
}
