/** Resolvers of one subgraph by type and field, `__resolveReference` among them. */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, (...values: never[]) => unknown>>>>

/** One subgraph of a shape: its name in the supergraph, its SDL and its resolvers over data of a few rows. */
export interface Subgraph {
  readonly name: string
  readonly sdl: string
  readonly resolvers: Resolvers
}

/** One operation and what a gateway must answer. */
export interface Case {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
  /** The whole `data`, keys in the order in which the operation asks for them. */
  readonly data: unknown
  /** Whether errors stand beside the data; left out, there must be none. */
  readonly errors?: boolean
  /** The codes of our errors, where they are the point of the case. */
  readonly codes?: readonly string[]
  /** The paths of our errors, where they are the point of the case. */
  readonly paths?: readonly (readonly (string | number)[])[]
  /** Why the stock gateway answers otherwise; left out, it must pass. A case that it passes must not say so. */
  readonly stockFails?: string
}

/** A supergraph in small and the questions that show how it is to be served. */
export interface Shape {
  readonly subgraphs: readonly Subgraph[]
  readonly cases: readonly Case[]
}

const IMPORTS = [
  '@key',
  '@shareable',
  '@external',
  '@requires',
  '@provides',
  '@override',
  '@inaccessible',
  '@interfaceObject',
  '@tag',
  '@extends',
]

/** An SDL of Federation 2: links the spec with all directives that the shapes use. */
export function fed2(sdl: string, more: readonly string[] = []): string {
  const imports = [...IMPORTS, ...more].map((name) => JSON.stringify(name)).join(', ')
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])\n${sdl}`
}

type Row = Readonly<Record<string, unknown>>

/** A `__resolveReference` that finds a row by the key fields named, and keeps the required fields that came with it. */
export function findBy(rows: readonly Row[], ...keys: readonly string[]): (reference: Row) => Row | null {
  return (reference) => {
    const row = rows.find((candidate) => keys.every((key) => candidate[key] === reference[key]))
    return row ? { ...row, ...reference, __typename: row.__typename ?? reference.__typename } : null
  }
}
