import { parse } from 'graphql'
import type { Dice } from './dice.ts'
import type { Operation } from './operation.ts'
import type { World } from './rows.ts'
import { InWorldArbitrary } from './world.ts'

/** A connection to read page by page. `page` is the alias of the connection in its operation. */
export interface Walk {
  /** The document, with the variables `$first` and `$after`. */
  readonly source: string
  /** Response keys from the root to the connection. */
  readonly path: readonly string[]
  readonly pageSize: number
  /** The largest number of edges in one page, by country. Default: the requested number. */
  readonly caps: Readonly<Record<string, number>>
}

/** A connection field and the record that has it; a root field has no record. */
interface Connection {
  readonly below?: { readonly field: string; readonly rows: keyof World['rows']; readonly inner?: string }
  readonly field: string
  readonly arguments: readonly string[]
  readonly node: string
  /** The fields of an edge besides cursor and node. */
  readonly edge?: string
  readonly isEvery: boolean
}

const CASE_NODE =
  'id filedOn court linkedCases { id status } participants(first: 1) { edges { node { person { id sex } } } }'
const WARRANT_NODE = 'id issuedOn subject { id names { full } warrants(first: 1) { edges { cursor } } }'
const MLA_NODE = 'id status case { id court } concerns { id status }'
const BY_CASE_ORDER = ['', 'orderBy: FILED_ON_DESC', 'orderBy: FILED_ON_ASC', 'orderBy: ID_ASC']
const PARTICIPANT_NODE = 'role person { id sex cases(first: 1) { edges { cursor } } }'

/** The EVERY connections of the contract: at the root, on an entity, and below a `@crossBorder` field. */
const EVERY_CONNECTIONS: readonly Connection[] = [
  {
    field: 'cases',
    arguments: [
      ...BY_CASE_ORDER,
      'filter: { iccs: ["01", "02"] }',
      'filter: { status: [OPEN, CHARGED] }, orderBy: FILED_ON_ASC',
    ],
    node: CASE_NODE,
    isEvery: true,
  },
  {
    field: 'persons',
    arguments: [
      'search: { nationality: "GT" }',
      'search: { name: "pena" }, orderBy: ID_ASC',
      'search: { name: "lopez" }',
    ],
    node: 'id names { full } sameAs { id sex }',
    edge: 'band',
    isEvery: true,
  },
  { field: 'statutes', arguments: ['', 'iccs: ["01", "0502"]'], node: 'id heading iccs', isEvery: true },
  { field: 'mlaRequests', arguments: ['', 'status: [GRANTED, TRANSMITTED]'], node: MLA_NODE, isEvery: true },
  {
    below: { field: 'person', rows: 'persons' },
    field: 'cases',
    arguments: BY_CASE_ORDER,
    node: CASE_NODE,
    isEvery: true,
  },
  {
    below: { field: 'person', rows: 'persons' },
    field: 'warrants',
    arguments: ['', 'status: ACTIVE'],
    node: WARRANT_NODE,
    isEvery: true,
  },
  { below: { field: 'case', rows: 'cases' }, field: 'mlaRequests', arguments: [''], node: MLA_NODE, isEvery: true },
  {
    below: { field: 'warrant', rows: 'warrants', inner: 'subject' },
    field: 'cases',
    arguments: BY_CASE_ORDER,
    node: CASE_NODE,
    isEvery: true,
  },
]

/** The connections of one country. */
const OWN_CONNECTIONS: readonly Connection[] = [
  {
    below: { field: 'case', rows: 'cases' },
    field: 'participants',
    arguments: ['', 'role: SUSPECT'],
    node: PARTICIPANT_NODE,
    isEvery: false,
  },
  {
    below: { field: 'case', rows: 'cases' },
    field: 'protectedParticipants',
    arguments: [''],
    node: PARTICIPANT_NODE,
    isEvery: false,
  },
  { below: { field: 'case', rows: 'cases' }, field: 'warrants', arguments: [''], node: WARRANT_NODE, isEvery: false },
  {
    below: { field: 'person', rows: 'persons' },
    field: 'associates',
    arguments: [''],
    node: 'relationship person { id sex }',
    isEvery: false,
  },
  {
    below: { field: 'legalInstrument', rows: 'instruments' },
    field: 'articles',
    arguments: [''],
    node: 'number text',
    isEvery: false,
  },
]

/**
 * Random walks.
 * @param isCapped whether each country has its own largest page.
 * @param everyOnly whether to leave out the connections of one country.
 */
export function walks({ isCapped, everyOnly }: { isCapped: boolean; everyOnly: boolean }): InWorldArbitrary<Walk> {
  const connections = everyOnly ? EVERY_CONNECTIONS : [...EVERY_CONNECTIONS, ...OWN_CONNECTIONS]
  return new InWorldArbitrary({
    make: (dice, world) => makeWalk(dice, world, connections, isCapped),
    smaller: smallerWalks,
    describe: ({ source, pageSize, caps }) => `${source}\npages of ${pageSize}, caps ${JSON.stringify(caps)}`,
  })
}

function makeWalk(dice: Dice, world: World, connections: readonly Connection[], isCapped: boolean): Walk {
  const possible = connections.filter(({ below }) => !below || world.rows[below.rows].length > 0)
  const connection = dice.pick(possible)
  const said = dice.pick(connection.arguments)
  const args = ['first: $first', 'after: $after', ...(said === '' ? [] : [said])].join(', ')
  const outcomes = connection.isEvery ? ' outcomes { country reach }' : ''
  const selection = `edges { cursor ${connection.edge ?? ''} node { ${connection.node} } } pageInfo { hasNextPage endCursor }${outcomes}`
  const field = `page: ${connection.field}(${args}) { ${selection} }`
  const countries = Object.keys(world.publishers).filter(() => isCapped && !dice.oneIn(3))
  return {
    ...placed(field, connection, dice, world),
    pageSize: dice.between(1, 5),
    caps: Object.fromEntries(countries.map((country) => [country, dice.between(1, 2)])),
  }
}

function placed(field: string, { below }: Connection, dice: Dice, world: World): Pick<Walk, 'source' | 'path'> {
  const frame = (body: string): string => `query ($first: Int, $after: String) { ${body} }`
  if (!below) return { source: frame(field), path: ['page'] }
  const { id } = dice.pick<{ readonly id: string }>(world.rows[below.rows])
  const inner = below.inner ? `${below.inner} { ${field} }` : field
  return {
    source: frame(`record: ${below.field}(id: ${JSON.stringify(id)}) { ${inner} }`),
    path: ['record', ...(below.inner ? [below.inner] : []), 'page'],
  }
}

function* smallerWalks(walk: Walk): Generator<Walk> {
  if (walk.pageSize > 1) yield { ...walk, pageSize: 1 }
  for (const country of Object.keys(walk.caps)) {
    const { [country]: _, ...caps } = walk.caps
    yield { ...walk, caps }
  }
}

/** Makes the operation that asks for one page of a walk. */
export function pageOperation({ source }: Walk, first: number, after: string | null): Operation {
  return { document: parse(source, { noLocation: true }), operationName: undefined, variables: { first, after } }
}

/** A page of an answer. */
export interface AnsweredPage {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id?: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  readonly outcomes?: readonly { readonly country: string; readonly reach: string }[]
}

/** Finds the page in an answer's data; null if a record above it is null. */
export function pageIn(data: unknown, { path }: Walk): AnsweredPage | null {
  let value = data
  for (const step of path) value = (value as Record<string, unknown> | null)?.[step] ?? null
  return value as AnsweredPage | null
}
