import { buildASTSchema, type GraphQLObjectType, type GraphQLSchema, getNamedType, isObjectType, parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DOMAINS, type Domain } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import { casesModule } from '../../subgraphs/cases/module.ts'
import { createTestExecutor, openTestDatabase, type TestDatabase } from '../../subgraphs/kit/testing.ts'
import type { Database, DomainModule } from '../../subgraphs/kit/types.ts'
import { legalModule } from '../../subgraphs/legal/module.ts'
import { personsModule } from '../../subgraphs/persons/module.ts'

/**
 * A hidden row hides what hangs on it, and its id is not given, on every way to it (docs/access.md, Rows). The ways come from the
 * schema: a way is a path from a root field or a record to the next record. A way without a line in the table fails.
 */

const MODULES: Readonly<Record<Domain, DomainModule>> = {
  cases: casesModule,
  persons: personsModule,
  legal: legalModule,
}

/** What a way gives to a leg that sees no protected person, and, where that differs, to one that sees them. */
interface Given {
  /** The arguments of the way's first field. */
  readonly args?: string
  readonly ids: readonly (string | null)[]
  readonly withProtected?: readonly (string | null)[]
}

/**
 * The ways that begin at a record are tried at the visible record and at each hidden one; the hidden ones must give nothing. In the ids,
 * `hid` is a row that the leg may not see, `prot` a protected person, and GT another country.
 */
const WAYS: Readonly<Record<Domain, Readonly<Record<string, Given>>>> = {
  cases: {
    'Query.case': { args: '(id: "HN:C-hid")', ids: [] },
    'Query.cases.edges.node': { args: '(countries: ["HN"])', ids: ['HN:C-open'] },
    'Query.warrant': { args: '(id: "HN:W-case-hid")', ids: [] },
    'Query.warrants.edges.node': {
      args: '(countries: ["HN"])',
      ids: ['HN:W-GT', 'HN:W-open'],
      withProtected: ['HN:W-GT', 'HN:W-open', 'HN:W-prot'],
    },
    'Case.offences.statute': { ids: ['HN:CP:1'] },
    'Case.warrants.edges.node': {
      ids: ['HN:W-GT', 'HN:W-open'],
      withProtected: ['HN:W-GT', 'HN:W-open', 'HN:W-prot'],
    },
    'Case.participants.edges.node.person': {
      ids: ['GT:P-1', 'HN:P-open'],
      withProtected: ['GT:P-1', 'HN:P-open', 'HN:P-prot'],
    },
    'Case.protectedParticipants.edges.node.person': { ids: [], withProtected: ['GT:P-2', 'HN:P-prot'] },
    'Case.linkedCases': { ids: ['GT:C-1'] },
    'Warrant.subject': { ids: ['HN:P-open'] },
    'Person.cases.edges.node': { args: '(countries: ["HN"])', ids: ['HN:C-open'] },
    'Person.warrants.edges.node': { args: '(countries: ["HN"])', ids: ['HN:W-open'] },
  },
  persons: {
    'Query.person': { args: '(id: "HN:P-hid")', ids: [] },
    'Query.persons.edges.node': { args: '(countries: ["HN"], search: { name: "Ana Paz" })', ids: ['HN:P-open'] },
    'Person.associates.edges.node.person': {
      ids: ['GT:P-1', 'HN:P-open'],
      withProtected: ['GT:P-1', 'HN:P-open', 'HN:P-prot'],
    },
    'Person.sameAs': { ids: ['GT:P-1', 'HN:P-open'], withProtected: ['GT:P-1', 'HN:P-open', 'HN:P-prot'] },
  },
  legal: {
    'Query.statute': { args: '(id: "HN:CP:1")', ids: ['HN:CP:1'] },
    'Query.statutes.edges.node': { args: '(countries: ["HN"])', ids: ['HN:CP:1'] },
    'Query.legalInstrument': { args: '(id: "HN:T-1")', ids: ['HN:T-1'] },
    'Query.legalInstruments.instruments': { args: '(binding: [], depositaries: ["HN"])', ids: ['HN:T-1'] },
    'Query.dualCriminality.perCountry.statutes': { args: '(countries: ["HN"], iccs: "01")', ids: ['HN:CP:1'] },
    'Query.mlaRequest': { args: '(id: "HN:M-case-hid")', ids: [] },
    'Query.mlaRequests.edges.node': { args: '(countries: ["HN"])', ids: ['HN:M-open'] },
    'MutualLegalAssistanceRequest.legalBasis': { ids: ['HN:T-1'] },
    'MutualLegalAssistanceRequest.case': { ids: ['HN:C-open'] },
    'MutualLegalAssistanceRequest.concerns': { ids: ['GT:C-1'] },
    'Case.mlaRequests.edges.node': { args: '(countries: ["HN"])', ids: ['HN:M-open'] },
  },
}

/** The visible record at which the ways of a type begin, and the hidden ones. */
const RECORDS: Readonly<Record<string, { readonly open: string; readonly hidden: readonly string[] }>> = {
  Case: { open: 'HN:C-open', hidden: ['HN:C-hid'] },
  Warrant: { open: 'HN:W-open', hidden: ['HN:W-hid', 'HN:W-case-hid', 'HN:W-person-hid'] },
  Person: { open: 'HN:P-open', hidden: ['HN:P-hid'] },
  MutualLegalAssistanceRequest: { open: 'HN:M-open', hidden: ['HN:M-hid', 'HN:M-case-hid'] },
}

const SHARED = `'MP', '{H1}', now(), true`

/** Inserts rows of one table: `hid` rows are shared with another task force, all others with the leg's. */
async function insert(db: Database, table: string, columns: string, rows: readonly string[]): Promise<void> {
  const forceOf = (row: string): string => (/^'HN:[CPWM]-hid'/.test(row) ? 'other' : 'test')
  const values = rows.map((row) => `(${row}, ${SHARED}, '{${forceOf(row)}}')`)
  await db.execute(
    `insert into ${table} (${columns}, agency, handling, recorded_at, synthetic, shared_with) values ${values.join(', ')}`,
  )
}

async function fill(db: Database): Promise<void> {
  await insert(db, 'cases.case_file', 'id', [`'HN:C-open'`, `'HN:C-hid'`])
  await insert(db, 'persons.person', 'id, protected', [`'HN:P-open', false`, `'HN:P-hid', false`, `'HN:P-prot', true`])
  const warrant = (id: string, caseId: string, subject: string): string =>
    `'HN:W-${id}', 'HN:C-${caseId}', '${subject}', 'ARREST', 'ACTIVE', date '2026-01-01'`
  await insert(db, 'cases.warrant', 'id, case_id, subject_id, category, status, issued_on', [
    warrant('open', 'open', 'HN:P-open'),
    warrant('hid', 'open', 'HN:P-open'),
    warrant('case-hid', 'hid', 'HN:P-open'),
    warrant('person-hid', 'open', 'HN:P-hid'),
    warrant('prot', 'open', 'HN:P-prot'),
    warrant('GT', 'open', 'GT:P-1'),
  ])
  const request = (id: string, caseId: string): string =>
    `'HN:M-${id}', 'HN:C-${caseId}', 'HN:T-1', 'GT', '{OTHER}', 'ROUTINE', 'GRANTED'`
  await insert(db, 'legal.mla_request', 'id, case_id, legal_basis_id, requested_country, measures, urgency, status', [
    request('open', 'open'),
    request('hid', 'open'),
    request('case-hid', 'hid'),
  ])
  await db.execute(`
    insert into legal.statute (id, heading, iccs) values ('HN:CP:1', 'Homicidio', '{0101}');
    insert into legal.instrument (id, title) values ('HN:T-1', 'Tratado');
    insert into legal.mla_concern select m, c from unnest(array['HN:M-open', 'HN:M-hid']) m, unnest(array['GT:C-1', 'HN:C-hid']) c;
    insert into cases.offence (case_id, ordinal, iccs, national_label, statute_id)
      select id, 1, '0101', 'x', 'HN:CP:1' from cases.case_file;
    insert into cases.linked_case select c, l from unnest(array['HN:C-open', 'HN:C-hid']) c, unnest(array['GT:C-1', 'HN:C-hid']) l;
    insert into cases.participant (row_id, case_id, role, person_id)
      select c || p, c, 'SUSPECT', p from unnest(array['HN:C-open', 'HN:C-hid']) c,
        unnest(array['HN:P-open', 'HN:P-hid', 'HN:P-prot', 'GT:P-1']) p;
    insert into cases.participant (row_id, case_id, role, person_id)
      select 'v' || c || p, c, 'VICTIM', p from unnest(array['HN:C-open', 'HN:C-hid']) c,
        unnest(array['HN:P-hid', 'HN:P-prot', 'GT:P-2']) p;
    insert into persons.person_name (person_id, ordinal, category, full_name) select id, 1, 'LEGAL', 'Ana Paz' from persons.person;
    insert into persons.same_as select p.id, o from persons.person p, unnest(array['HN:P-open', 'HN:P-hid', 'HN:P-prot', 'GT:P-1']) o;
    insert into persons.associate (row_id, person_id, associate_id, relationship, agency, handling, recorded_at, synthetic)
      select p.id || o, p.id, o, 'x', ${SHARED} from persons.person p, unnest(array['HN:P-open', 'HN:P-hid', 'HN:P-prot', 'GT:P-1']) o`)
}

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase(Object.values(MODULES), 'HN')
  await fill(database.db)
})
afterAll(() => database?.close())

function schemaOf(domain: Domain): GraphQLSchema {
  return buildASTSchema(parse(domainSdl(domain)), { assumeValidSDL: true })
}

const isRecord = (type: GraphQLObjectType): boolean => type.getFields().id !== undefined

/** Finds the ways of a schema: from each root field and each record to the next records. */
function findWays(schema: GraphQLSchema): readonly string[] {
  const ways: string[] = []
  const walk = (type: GraphQLObjectType, path: string, seen: ReadonlySet<string>): void => {
    for (const field of Object.values(type.getFields())) {
      const next = getNamedType(field.type)
      if (!isObjectType(next) || seen.has(next.name)) continue
      const here = `${path}.${field.name}`
      if (isRecord(next)) ways.push(here)
      else walk(next, here, new Set([...seen, next.name]))
    }
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue
    if (type === schema.getQueryType() || isRecord(type)) walk(type, type.name, new Set())
  }
  return ways.sort()
}

function selectionOf(fields: readonly string[], args: string | undefined): string {
  const [first = '', ...rest] = fields
  const inner = rest.length === 0 ? '{ id }' : `{ ${selectionOf(rest, undefined)} }`
  return `${first}${args ?? ''} ${inner}`
}

/** Collects the ids at the end of a way. */
function idsAt(value: unknown, path: readonly string[]): (string | null)[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((item) => idsAt(item, path))
  const [field, ...rest] = path
  const object = value as Readonly<Record<string, unknown>>
  return field === undefined ? [object.id as string] : idsAt(object[field], rest)
}

async function idsOfWay(domain: Domain, way: string, start: string, showsProtected: boolean) {
  const [type = '', ...path] = way.split('.')
  const ask = createTestExecutor(MODULES[domain], database.db, 'HN', {
    visibleRows: { taskForce: 'test', showsProtected },
  })
  const { args } = WAYS[domain][way] ?? {}
  const selection = selectionOf(path, args)
  const query =
    type === 'Query'
      ? `{ ${selection} }`
      : `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type} { ${selection} } } }`
  const { data, errors } = await ask(query, { r: [{ __typename: type, id: start }] })
  expect(errors, query).toBeUndefined()
  return idsAt(type === 'Query' ? data : (data as { _entities: unknown })._entities, path).sort()
}

describe.each(DOMAINS)('the domain %s', (domain) => {
  const ways = findWays(schemaOf(domain))
  const table = WAYS[domain]

  it('has a line in the table for each way to a record', () => {
    expect(Object.keys(table).sort()).toEqual(ways)
  })

  describe.each(ways)('gives by %s', (way) => {
    const type = way.split('.')[0] ?? ''
    const { ids = [], withProtected = ids } = table[way] ?? {}

    it('the visible records, and no id of a hidden one', async () => {
      const start = RECORDS[type]?.open ?? ''
      expect(await idsOfWay(domain, way, start, false)).toEqual(ids)
      expect(await idsOfWay(domain, way, start, true)).toEqual(withProtected)
    })

    it('nothing of a hidden record', async () => {
      for (const start of RECORDS[type]?.hidden ?? [])
        expect(await idsOfWay(domain, way, start, true), start).toEqual([])
    })
  })
})
