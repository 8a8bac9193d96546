/** Resolvers of one subgraph by type and field, with `__resolveReference`. */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, (...values: never[]) => unknown>>>>

/** One subgraph of a pattern: its name in the supergraph, its SDL, and its resolvers over a few rows of data. */
export interface Subgraph {
  readonly name: string
  readonly sdl: string
  readonly resolvers: Resolvers
}

/** One operation, and the answer that a gateway must give. */
export interface Case {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  readonly operationName?: string
  /** The complete `data`, with the keys in the operation's order. */
  readonly data: unknown
  /** Whether the answer must have errors. Default: it must have none. */
  readonly errors?: boolean
  /** The codes of our errors, if the case is about them. */
  readonly codes?: readonly string[]
  /** The paths of our errors, if the case is about them. */
  readonly paths?: readonly (readonly (string | number)[])[]
  /** Why the stock gateway fails the case. Default: it must pass. A case that the stock gateway passes must not have this. */
  readonly stockFails?: string
}

/** A form of a supergraph: a small example, and operations that show how a gateway must serve it. */
export interface Pattern {
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

/**
 * Makes an SDL of Federation 2: adds the `@link` with all directives that the patterns use.
 * @param more names of further directives to import.
 */
export function fed2(sdl: string, more: readonly string[] = []): string {
  const imports = [...IMPORTS, ...more].map((name) => JSON.stringify(name)).join(', ')
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}])\n${sdl}`
}

type Row = Readonly<Record<string, unknown>>

/** Makes a `__resolveReference` that finds a row by the named key fields, and adds the required fields of the representation. */
export function findBy(rows: readonly Row[], ...keys: readonly string[]): (reference: Row) => Row | null {
  return (reference) => {
    const row = rows.find((candidate) => keys.every((key) => candidate[key] === reference[key]))
    return row ? { ...row, ...reference, __typename: row.__typename ?? reference.__typename } : null
  }
}
