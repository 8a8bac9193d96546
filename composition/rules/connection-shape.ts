import { isEnumType, isObjectType, isScalarType, type ObjectType } from '@apollo/federation-internals'
import {
  type DomainSchema,
  type Field,
  hasFields,
  interfaceFields,
  isConnection,
  namedType,
  objectFields,
} from '../domain-schema.ts'
import type { Finding, Rule } from '../rule.ts'

const CONNECTION_FIELDS: Readonly<Record<string, RegExp>> = {
  edges: /^\[\w+!\]!$/,
  pageInfo: /^PageInfo!$/,
  outcomes: /^\[CountryOutcome!\]!$/,
}
const PAGE_ARGUMENTS: Readonly<Record<string, string>> = { first: 'Int', after: 'String' }

/**
 * The gateway can merge the pages of several countries only if a connection has the parts that it knows
 * (docs/design/contract.md, Order and cursors; the Relay Cursor Connections specification).
 */
export const connectionShape: Rule = {
  code: 'CONNECTION_SHAPE',
  refuses: 'a connection, edge or paged field with parts that the gateway cannot merge',
  remedy:
    'A connection has edges: [Edge!]!, pageInfo: PageInfo! and, under EVERY, outcomes; an edge has cursor: String!, node and scalars; the field takes first: Int and after: String.',
  *check({ domains }) {
    for (const domain of domains) {
      for (const type of domain.schema.objectTypes().filter(isConnection)) {
        yield* connectionFindings(domain, type)
        const edge = edgeOf(type)
        if (edge !== undefined) yield* edgeFindings(domain, edge)
      }
      for (const field of [...objectFields(domain), ...interfaceFields(domain)]) yield* argumentFindings(domain, field)
    }
  },
}

function edgeOf(connection: ObjectType): ObjectType | undefined {
  const edges = connection.field('edges')
  const edge = edges && namedType(edges)
  return edge !== undefined && isObjectType(edge) ? edge : undefined
}

function* connectionFindings({ name }: DomainSchema, type: ObjectType): Iterable<Finding> {
  const allowed = 'only edges, pageInfo and outcomes'
  for (const field of type.fields()) {
    const form = CONNECTION_FIELDS[field.name]
    if (form?.test(String(field.type))) continue
    const expected = form === undefined ? allowed : `a type of the form ${form.source}`
    yield { subgraph: name, coordinate: field.coordinate, expected, came: `${field.name}: ${field.type}` }
  }
  for (const part of ['edges', 'pageInfo'].filter((part) => type.field(part) === undefined)) {
    yield { subgraph: name, coordinate: type.coordinate, expected: `the field ${part}`, came: 'none' }
  }
  const edges = type.field('edges')
  if (edges !== undefined && edgeOf(type) === undefined) {
    yield {
      subgraph: name,
      coordinate: edges.coordinate,
      expected: 'a list of an object type',
      came: String(edges.type),
    }
  }
}

function* edgeFindings({ name }: DomainSchema, edge: ObjectType): Iterable<Finding> {
  const cursor = edge.field('cursor')?.type
  if (String(cursor) !== 'String!') {
    yield {
      subgraph: name,
      coordinate: edge.coordinate,
      expected: 'cursor: String!',
      came: `cursor: ${cursor ?? 'none'}`,
    }
  }
  const node = edge.field('node')
  if (node === undefined || !hasFields(namedType(node)) || !/^\w+!$/.test(String(node.type))) {
    yield {
      subgraph: name,
      coordinate: edge.coordinate,
      expected: 'node: a non-null object',
      came: `node: ${node?.type ?? 'none'}`,
    }
  }
  for (const field of edge.fields().filter((field) => field !== node)) {
    const type = namedType(field)
    if (type !== undefined && (isScalarType(type) || isEnumType(type))) continue
    yield {
      subgraph: name,
      coordinate: field.coordinate,
      expected: 'a scalar or an enum on an edge',
      came: String(field.type),
    }
  }
}

function* argumentFindings({ name }: DomainSchema, field: Field): Iterable<Finding> {
  if (!isConnection(namedType(field))) return
  for (const [argument, expected] of Object.entries(PAGE_ARGUMENTS)) {
    const came = field.argument(argument)?.type
    if (String(came) === expected) continue
    const coordinate = `${field.coordinate}(${argument}:)`
    yield {
      subgraph: name,
      coordinate,
      expected: `${argument}: ${expected}`,
      came: came === undefined ? 'none' : String(came),
    }
  }
}
