/** What the bench asks of gateways. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { docketId, idOf } from './records.ts'

/** With how many different variables each operation is asked in turn, so that no two requests in flight are equal. */
export const VARIANTS = 200

/** One operation. */
export interface Operation {
  readonly name: string
  readonly what: string
  readonly document: string
  /** The operation's name in its document. */
  readonly operationName: string
  readonly connections: number
  /** With how many different variables it is asked. Default: {@link VARIANTS}. */
  readonly variants?: number
  /** The graph that it asks: see `worldOf`. */
  readonly size: number
  readonly variables: (variant: number) => Readonly<Record<string, unknown>>
}

const CASE = 'id title summary statute { id heading text }'
const DEEP = `id heading text cases { id title summary lead { id name birthplace cases { ${CASE} } } }`

/** How many clients ask at the same time. */
const CONNECTIONS = 64

/** How many clients ask for long lists at the same time. */
const LIST_CONNECTIONS = 16

/** A flat list of cases with their persons. */
export function listOf(name: string, count: number): Operation {
  return {
    ...{
      name,
      what: `a flat list of ${count.toLocaleString('en')} entities, two subgraphs`,
      operationName: 'Flat',
      size: 0,
    },
    document: 'query Flat($id: ID!) { docket(id: $id) { id clerk cases { id title lead { id name } } } }',
    connections: LIST_CONNECTIONS,
    variables: (variant) => ({ id: docketId(count, variant) }),
  }
}

/** README's question, with its numbers in variables, because a signed document has no number of its own. */
const README_QUESTION = readFileSync(join(import.meta.dirname, '../../demo/across-borders.graphql'), 'utf8')
  .replace('($id: ID!)', '($id: ID!, $cases: Int, $participants: Int)')
  .replace('first: 10', 'first: $cases')
  .replace('first: 5', 'first: $participants')

/** README's question over some countries, which only Istmo can answer. */
export function acrossBorders(size: number): Operation {
  return {
    ...{ name: `d${size}`, what: `README's question over ${size} countries`, operationName: 'AcrossBorders', size },
    document: README_QUESTION,
    connections: LIST_CONNECTIONS,
    variables: (variant) => ({ id: `GT:P-${variant + 1}`, cases: 10, participants: 5 }),
  }
}

/** The operations, in the order in which they are measured. */
export const OPERATIONS: readonly Operation[] = [
  {
    ...{ name: 'a', what: 'one field of one subgraph', operationName: 'Field', connections: CONNECTIONS, size: 0 },
    document: 'query Field($id: ID!) { person(id: $id) { name } }',
    variables: (variant) => ({ id: idOf('P', variant) }),
  },
  {
    ...listOf('b', 20),
    ...{ what: 'two subgraphs, 20 entities', connections: CONNECTIONS },
  },
  {
    ...{
      name: 'c',
      what: 'three subgraphs, nested, 126 entities',
      operationName: 'Nested',
      connections: CONNECTIONS,
      size: 0,
    },
    document: `query Nested($registry: ID!, $code: ID!) {
  registry(id: $registry) { id keeper persons { id name birthplace cases { id title summary statute { ${DEEP} } } } }
  code(id: $code) { id statutes { ${DEEP} } }
}`,
    variables: (variant) => ({ registry: idOf('R', variant), code: idOf('L', variant) }),
  },
  listOf('n100', 100),
  listOf('n1000', 1_000),
  listOf('n10000', 10_000),
  acrossBorders(4),
  acrossBorders(20),
]

/** Returns with how many different variables an operation is asked. */
export function variantsOf({ variants = VARIANTS }: Operation): number {
  return variants
}

/** Returns the body of a request. */
export function bodyOf({ document, operationName, variables }: Operation, variant: number): string {
  return JSON.stringify({ query: document, operationName, variables: variables(variant) })
}
