/**
 * A plain subgraph as its authors would write it, over the same tables: Apollo Server, @apollo/subgraph, DataLoader and `pg`, without tokens, rules,
 * row-level security and log. Arguments: the domain and the URL of the database. Prints its port when it listens.
 */
import { ApolloServer } from '@apollo/server'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import DataLoader from 'dataloader'
import { type GraphQLResolveInfo, parse } from 'graphql'
import pg from 'pg'
import { ABSENT_KEY, descendingDateKey, encodeCursor } from '../../contract/cursor.ts'
import type { Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { loadPages, parsePage } from '../../subgraphs/kit/paging.ts'
import { matchPages } from '../../subgraphs/persons/matches.ts'
import { bandOf, type MatchKey, parseSearch, type SearchInput, scoreOf } from '../../subgraphs/persons/search.ts'

const [domain, url] = process.argv.slice(2) as [Domain, string]

// Dates as text. The search decides which rows a leg finds by itself (migrations/004-name-search.sql), so it needs a task force.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text)
const pool = new pg.Pool({ connectionString: url, options: '-c istmo.task_force=jtf-2026-03' })

type Row = Readonly<Record<string, unknown>> & { readonly id: string }

interface Context {
  readonly persons: DataLoader<string, Row | null>
  readonly names: DataLoader<string, readonly Row[]>
  readonly offences: DataLoader<string, readonly Row[]>
}

const PERSON = `id, birth_date as "birthDate", birth_place as "birthPlace", sex, nationalities`
const NAME = `person_id as parent, category, full_name as "full", given_names as "givenNames", surnames`
const OFFENCE = `case_id as parent, iccs, national_label as "nationalLabel", attempted,
  organised_crime as "organisedCrime", disposition`
const CASE = `id, tracking_id as "caseTrackingId", category, status, filed_on as "filedOn", closed_on as "closedOn",
  subdivision, court, filed_desc_key as key`

function loadLists(sql: string): DataLoader<string, readonly Row[]> {
  return new DataLoader(async (ids) => {
    const { rows } = await pool.query(sql, [ids])
    const byParent = Map.groupBy(rows as readonly (Row & { readonly parent: string })[], ({ parent }) => parent)
    return ids.map((id) => byParent.get(id) ?? [])
  })
}

function createContext(): Context {
  return {
    persons: new DataLoader(async (ids) => {
      const { rows } = await pool.query(`select ${PERSON} from persons.person where id = any($1)`, [ids])
      const byId = new Map((rows as readonly Row[]).map((row) => [row.id, row]))
      return ids.map((id) => byId.get(id) ?? null)
    }),
    names: loadLists(
      `select ${NAME} from persons.person_name where person_id = any($1) order by person_id, category <> 'LEGAL', ordinal`,
    ),
    offences: loadLists(`select ${OFFENCE} from cases.offence where case_id = any($1) order by case_id, ordinal`),
  }
}

interface CaseArguments {
  readonly filter: { readonly filedTo: string }
  readonly first: number
}

async function cases(_root: unknown, { filter, first }: CaseArguments) {
  const { rows } = await pool.query(
    `select ${CASE} from cases.case_file where filed_desc_key >= $1 and filed_desc_key < $2
     order by filed_desc_key, id limit $3`,
    [descendingDateKey(filter.filedTo), ABSENT_KEY, first + 1],
  )
  return toConnection(rows as readonly (Row & { readonly key: string })[], first, 'FILED_ON_DESC', () => ({}))
}

interface SearchArguments {
  readonly search: SearchInput
  readonly first: number
}

/** The search is the product's own: nobody would write another one for the comparison. */
async function persons(_root: unknown, args: SearchArguments, _context: Context, info: GraphQLResolveInfo) {
  const db = {
    async query<R>(sql: string, params: readonly unknown[] = []) {
      return (await pool.query(sql, params as unknown[])).rows as R[]
    },
  }
  const page = parsePage(args, info)
  const { source } = await matchPages(db, parseSearch(args.search), page)
  const [found] = await loadPages<Row & { readonly matchKey: MatchKey; readonly matchedName: string }>(
    db,
    source,
    page,
    [''],
  )
  const rows = (found?.rows ?? []).map((row) => ({ ...row, key: row._key }))
  return toConnection(rows, args.first, page.order, ({ matchKey, matchedName }) => ({
    ...{ band: bandOf(matchKey), score: scoreOf(matchKey), matchedName },
  }))
}

function toConnection<R extends Row & { readonly key: string }>(
  rows: readonly R[],
  first: number,
  order: string,
  more: (row: R) => object,
) {
  const edges = rows
    .slice(0, first)
    .map((node) => ({ ...more(node), node, cursor: encodeCursor({ order, key: node.key, id: node.id }) }))
  return { edges, pageInfo: { hasNextPage: rows.length > first, endCursor: edges.at(-1)?.cursor ?? null } }
}

const RESOLVERS = {
  cases: {
    Query: { cases },
    Case: { offences: ({ id }: Row, _args: unknown, context: Context) => context.offences.load(id) },
  },
  persons: {
    Query: { persons },
    Person: {
      __resolveReference: ({ id }: Row, context: Context) => context.persons.load(id),
      names: ({ id }: Row, _args: unknown, context: Context) => context.names.load(id),
    },
  },
  legal: {},
}

const schema = buildSubgraphSchema([{ typeDefs: parse(domainSdl(domain)), resolvers: RESOLVERS[domain] as never }])
const server = new ApolloServer<Context>({ schema })
const listen = { port: 0, host: '127.0.0.1' }
const started = await startStandaloneServer(server, { listen, context: async () => createContext() })
process.stdout.write(`${new URL(started.url).port}\n`)
