import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExecutor, type GraphQLAnswer, LIMITS } from '../kit/execute.ts'
import { createLoaders } from '../kit/loaders.ts'
import { buildNodeSchema } from '../kit/node-schema.ts'
import { readAs } from '../kit/read-as.ts'
import {
  createTestExecutor,
  openTestDatabase,
  recordStatements,
  TEST_SIGHT,
  type TestDatabase,
} from '../kit/testing.ts'
import type { NodeContext } from '../kit/types.ts'
import { legalModule } from './module.ts'

let database: TestDatabase
let ask: ReturnType<typeof createTestExecutor>

const REST = `'SV-FGR', '{H1}', '2026-01-02T03:04:05Z', true`

beforeAll(async () => {
  database = await openTestDatabase([legalModule], 'SV')
  ask = createTestExecutor(legalModule, database.db, 'SV')
  await database.db.execute(`
    insert into legal.coverage (subject, key) values ('PARTICIPATIONS', '*'), ('STATUTES', '*');
    insert into legal.statute (id, code, section, heading, body, iccs, max_penalty_months, in_force_from, repealed_on) values
      ('SV:CP:129', 'CP', '129', 'Homicidio agravado', 'El que…', '{0101}', 600, '1998-04-20', null),
      ('SV:CP:345', 'CP', '345', 'Agrupaciones', null, '{0502,020411}', 47, current_date, null),
      ('SV:CP:346', 'CP', '346', 'Extorsión', null, '{02041}', 48, null, current_date + 1),
      ('SV:CP:9', 'CP', '9', 'Derogado', null, '{020411}', 600, '1990-01-01', current_date),
      ('SV:CP:99', 'CP', '99', 'Futuro', null, '{0204}', null, current_date + 1, null),
      ('SV:LEY:1', null, null, null, null, null, null, null, null);
    insert into legal.instrument (id, title, kind, adopted_on) values
      ('SV:T-2', 'Convenio', 'BILATERAL', '2001-02-03'), ('SV:T-1', 'Tratado', 'REGIONAL_TREATY', null), ('SV:T-3', null, null, null);
    insert into legal.participation (instrument_id, country, signed_on, bound_on, action) values
      ('SV:T-1', 'SV', '2000-01-01', '2001-01-01', 'RATIFICATION'), ('SV:T-1', 'GT', '2000-01-01', '2002-01-01', 'ACCESSION'),
      ('SV:T-1', 'HN', '2000-01-01', null, null),
      ('SV:T-2', 'SV', null, '2003-01-01', 'SUCCESSION'), ('SV:T-2', 'GT', null, '2003-01-01', 'APPROVAL'), ('SV:T-2', 'HN', null, '2003-01-01', 'ACCEPTANCE');
    insert into legal.article (instrument_id, ordinal, number, heading, body) values
      ('SV:T-1', 10, '10', null, 'Diez.'), ('SV:T-1', 2, '2 bis', 'Dos', 'Dos.'), ('SV:T-1', 1, '1', 'Uno', 'Uno.');
    insert into legal.mla_request (id, requested_country, requesting_authority, legal_basis_id, legal_basis_article, case_id,
      measures, urgency, status, agency, handling, recorded_at, synthetic) values
      ('SV:MLA-1', 'GT', 'FGR', 'UN:XVIII-12', '18', 'SV:C-1', '{BANK_RECORDS,OTHER}', 'URGENT', 'TRANSMITTED', ${REST}),
      ('SV:MLA-2', 'HN', null, null, null, 'SV:C-2', '{JOINT_TEAM}', 'ROUTINE', 'DRAFT', ${REST}),
      ('SV:MLA-3', 'GT', null, null, null, null, '{JOINT_TEAM}', 'ROUTINE', 'GRANTED', ${REST}),
      ('SV:MLA-4', 'GT', null, null, null, 'SV:C-1', '{JOINT_TEAM}', 'ROUTINE', 'DRAFT', ${REST});
    insert into legal.mla_concern (mla_id, case_id) values
      ('SV:MLA-1', 'HN:C-9'), ('SV:MLA-1', 'GT:C-7'), ('SV:MLA-2', 'GT:C-7'), ('SV:MLA-3', 'GT:C-7'), ('SV:MLA-3', 'SV:C-1');
    insert into legal.statute (id, iccs) select 'SV:X:' || lpad(i::text, 3, '0'), '{11}' from generate_series(1, 100) i;
    insert into legal.instrument (id) select 'SV:Y-' || lpad(i::text, 3, '0') from generate_series(1, 100) i;
    insert into legal.mla_request (id, requested_country, case_id, measures, urgency, status, agency, handling, recorded_at, synthetic)
      select 'SV:Z-' || lpad(i::text, 3, '0'), 'PA', 'SV:ZC-' || i, '{OTHER}', 'ROUTINE', 'REFUSED', ${REST} from generate_series(1, 100) i`)
})
afterAll(() => database?.close())

/** Answers a leg whose caller works for the country `caller`. If it is undefined, the token does not name a country. */
function askAs(caller: string | undefined): (query: string) => Promise<GraphQLAnswer> {
  const onInside = (error: unknown): never => {
    throw error
  }
  const execute = createExecutor(buildNodeSchema(legalModule), LIMITS, onInside, null)
  const claims: NodeContext['claims'] = {
    iss: 'istmo',
    aud: 'SV',
    sub: 'test',
    iat: 0,
    exp: 60,
    jti: 'test',
    act: { sub: 'istmo' },
    op: '',
    scope: 'mla:read',
    ...(caller !== undefined && { org: { country: caller } }),
  }
  const db = readAs(database.db, TEST_SIGHT)
  return (query) =>
    execute(
      { query },
      { country: 'SV', db, claims, loader: createLoaders(), notes: [], countThreshold: 1, contactPoint: null },
    )
}

function idsIn(answer: GraphQLAnswer): readonly string[] {
  expect(answer.errors).toBeUndefined()
  return [...JSON.stringify(answer.data).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id ?? '')
}

describe('statutes', () => {
  it('are answered with all fields', async () => {
    const fields = 'id country code section heading text iccs maxPenaltyMonths untocSeriousCrime inForceFrom repealedOn'
    expect(await ask(`{ a: statute(id: "SV:CP:129") { ${fields} } b: statute(id: "SV:LEY:1") { ${fields} } }`)).toEqual(
      {
        data: {
          a: {
            id: 'SV:CP:129',
            country: 'SV',
            code: 'CP',
            section: '129',
            heading: 'Homicidio agravado',
            text: 'El que…',
            iccs: ['0101'],
            maxPenaltyMonths: 600,
            untocSeriousCrime: true,
            inForceFrom: '1998-04-20',
            repealedOn: null,
          },
          b: {
            id: 'SV:LEY:1',
            country: 'SV',
            code: null,
            section: null,
            heading: null,
            text: null,
            iccs: null,
            maxPenaltyMonths: null,
            untocSeriousCrime: null,
            inForceFrom: null,
            repealedOn: null,
          },
        },
      },
    )
  })

  it.each([
    ['a code of the first level', ['02'], ['SV:CP:345', 'SV:CP:346', 'SV:CP:9', 'SV:CP:99']],
    ['a code and those below, not those above', ['02041'], ['SV:CP:345', 'SV:CP:346', 'SV:CP:9']],
    ['a code of the last level', ['020411'], ['SV:CP:345', 'SV:CP:9']],
    [
      'any of several codes, each once',
      ['0502', '0101', '0204'],
      ['SV:CP:129', 'SV:CP:345', 'SV:CP:346', 'SV:CP:9', 'SV:CP:99'],
    ],
    ['no code', [], []],
    ['a code that no statute has', ['07'], []],
  ])('are found by %s', async (_title, iccs, expected) => {
    const query = `{ statutes(countries: ["SV"], iccs: ${JSON.stringify(iccs)}) { edges { node { id } } } }`
    expect(idsIn(await ask(query))).toEqual(expected)
  })

  it('are paged by id', async () => {
    const query = '{ statutes(countries: ["SV"], first: 3) { edges { node { id } } pageInfo { hasNextPage } } }'
    const answer = await ask(query)
    expect(idsIn(answer)).toEqual(['SV:CP:129', 'SV:CP:345', 'SV:CP:346'])
    expect(answer.data).toMatchObject({ statutes: { pageInfo: { hasNextPage: true } } })
  })
})

describe('dual criminality', () => {
  it.each([
    ['those in force today, by id', '02', ['SV:CP:345', 'SV:CP:346'], true],
    ['statutes below four years as not serious', '020411', ['SV:CP:345'], false],
    ['a serious crime of exactly four years', '02041', ['SV:CP:345', 'SV:CP:346'], true],
    ['nothing', '07', [], false],
  ])('shows %s', async (_title, iccs, statutes, untocSeriousCrime) => {
    const query = `{ dualCriminality(countries: ["SV"], iccs: "${iccs}") {
      perCountry { country statutes { id } untocSeriousCrime } satisfied outcomes { country } } }`
    expect(await ask(query)).toEqual({
      data: {
        dualCriminality: {
          perCountry: [{ country: 'SV', statutes: statutes.map((id) => ({ id })), untocSeriousCrime }],
          satisfied: statutes.length > 0,
          outcomes: [],
        },
      },
    })
  })

  it('of many codes under aliases is that of each code by itself, and the leg reads the statutes once', async () => {
    const codes = ['01', '0101', '02', '0204', '02041', '020411', '05', '0502', '11', '03', '01']
    const field = (iccs: string) =>
      `dualCriminality(countries: ["SV"], iccs: "${iccs}") { satisfied perCountry { untocSeriousCrime statutes { id heading text } } }`
    const { db, statements } = recordStatements(database.db)
    const together = await createTestExecutor(
      legalModule,
      db,
      'SV',
    )(`{ ${codes.map((iccs, i) => `a${i}: ${field(iccs)}`).join(' ')} }`)
    expect(statements.filter((text) => text.includes('legal.statute'))).toHaveLength(1)
    for (const [i, iccs] of codes.entries()) {
      const alone = (await ask(`{ ${field(iccs)} }`)).data as { readonly dualCriminality: unknown }
      expect((together.data as Record<string, unknown>)[`a${i}`]).toEqual(alone.dualCriminality)
    }
  })

  it('rejects an empty list of countries', async () => {
    const answer = await ask('{ dualCriminality(countries: [], iccs: "02") { satisfied } }')
    expect(answer.errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
  })
})

describe('instruments', () => {
  it('are answered with their articles in order and with their participations', async () => {
    const query = `{ legalInstrument(id: "SV:T-1") { id title kind adoptedOn
      articles(first: 2) { edges { node { number heading text } } pageInfo { hasNextPage endCursor } }
      all: participations { country signedOn boundOn action } some: participations(countries: ["HN", "PA"]) { country } } }`
    expect(await ask(query)).toMatchObject({
      data: {
        legalInstrument: {
          id: 'SV:T-1',
          title: 'Tratado',
          kind: 'REGIONAL_TREATY',
          adoptedOn: null,
          articles: {
            edges: [
              { node: { number: '1', heading: 'Uno', text: 'Uno.' } },
              { node: { number: '2 bis', heading: 'Dos', text: 'Dos.' } },
            ],
            pageInfo: { hasNextPage: true },
          },
          all: [
            { country: 'GT', signedOn: '2000-01-01', boundOn: '2002-01-01', action: 'ACCESSION' },
            { country: 'HN', signedOn: '2000-01-01', boundOn: null, action: null },
            { country: 'SV', signedOn: '2000-01-01', boundOn: '2001-01-01', action: 'RATIFICATION' },
          ],
          some: [{ country: 'HN' }],
        },
      },
    })
  })

  it.each([
    ['both countries', ['GT', 'SV'], ['SV:T-1', 'SV:T-2']],
    ['all three, though one only signed the other instrument', ['GT', 'SV', 'HN'], ['SV:T-2']],
    ['a country twice', ['HN', 'HN'], ['SV:T-2']],
    ['a country that takes part in none', ['GT', 'PA'], []],
  ])('are found that bind %s', async (_title, binding, expected) => {
    const query = `{ legalInstruments(depositaries: ["SV"], binding: ${JSON.stringify(binding)}) { instruments { id } } }`
    expect(idsIn(await ask(query))).toEqual(expected)
  })
})

const OF_CASE = (id: string): string =>
  `{ _entities(representations: [{ __typename: "Case", id: "${id}" }]) { ... on Case { mlaRequests(countries: ["SV"]) {
    edges { node { id } } } } } }`

describe('requests for assistance', () => {
  it('are answered with all fields', async () => {
    const query = `{ mlaRequest(id: "SV:MLA-1") { id country requestedCountry requestingAuthority legalBasis { __typename id }
      legalBasisArticle case { id } concerns { id } measures urgency status provenance { originator agency } } }`
    expect(await ask(query)).toEqual({
      data: {
        mlaRequest: {
          id: 'SV:MLA-1',
          country: 'SV',
          requestedCountry: 'GT',
          requestingAuthority: 'FGR',
          legalBasis: { __typename: 'LegalInstrument', id: 'UN:XVIII-12' },
          legalBasisArticle: '18',
          case: { id: 'SV:C-1' },
          concerns: [{ id: 'GT:C-7' }, { id: 'HN:C-9' }],
          measures: ['BANK_RECORDS', 'OTHER'],
          urgency: 'URGENT',
          status: 'TRANSMITTED',
          provenance: { originator: 'SV', agency: 'SV-FGR' },
        },
      },
    })
  })

  it.each([
    ['its own country', 'SV', ['SV:MLA-1', 'SV:MLA-2', 'SV:MLA-3', 'SV:MLA-4']],
    ['another country', 'GT', ['SV:MLA-1', 'SV:MLA-3']],
    ['no named country', undefined, ['SV:MLA-1', 'SV:MLA-3']],
  ])('show a draft only to its own country: a caller of %s', async (_title, caller, expected) => {
    const run = askAs(caller)
    const page = '{ mlaRequests(countries: ["SV"], first: 4) { edges { node { id } } } }'
    expect(idsIn(await run(page)).filter((id) => id.startsWith('SV:MLA'))).toEqual(expected)
    const drafts = expected.filter((id) => ['SV:MLA-2', 'SV:MLA-4'].includes(id))
    expect(idsIn(await run('{ a: mlaRequest(id: "SV:MLA-2") { id } b: mlaRequest(id: "SV:MLA-4") { id } }'))).toEqual(
      drafts,
    )
    expect(idsIn(await run('{ mlaRequests(countries: ["SV"], status: [DRAFT]) { edges { node { id } } } }'))).toEqual(
      drafts,
    )
    const ofCase = expected.filter((id) => id !== 'SV:MLA-4')
    expect(idsIn(await run(OF_CASE('GT:C-7')))).toEqual(ofCase)
  })

  it('are found by the requested country and by status', async () => {
    const query =
      '{ mlaRequests(countries: ["SV"], requestedCountry: "GT", status: [GRANTED, REFUSED]) { edges { node { id } } } }'
    expect(idsIn(await ask(query))).toEqual(['SV:MLA-3'])
  })

  it.each([
    ['as its case and as a concern', 'SV:C-1', ['SV:MLA-1', 'SV:MLA-3']],
    ['as a case of another country', 'HN:C-9', ['SV:MLA-1']],
    ['for a case that does not exist, without a result', 'PA:nothing', []],
  ])('are found under a case, %s', async (_title, id, expected) => {
    const answer = await ask(OF_CASE(id))
    expect(idsIn(answer)).toEqual(expected)
    expect((answer.data as { _entities: unknown[] })._entities[0]).not.toBeNull()
  })
})

it.each([
  ['statute', 'GT:CP:129'],
  ['statute', 'SV:CP:404'],
  ['legalInstrument', 'UN:XVIII-12'],
  ['mlaRequest', 'HN:MLA-1'],
])('answers null for %s(id: "%s")', async (field, id) => {
  expect(await ask(`{ ${field}(id: "${id}") { id } }`)).toEqual({ data: { [field]: null } })
})

it('reads each table only once for a hundred representations of each type', async () => {
  const { db, statements } = recordStatements(database.db)
  const of = [
    ['Statute', 'SV:X:'],
    ['LegalInstrument', 'SV:Y-'],
    ['MutualLegalAssistanceRequest', 'SV:Z-'],
    ['Case', 'GT:W-'],
  ].flatMap(([__typename, prefix]) =>
    Array.from({ length: 100 }, (_, i) => ({ __typename, id: `${prefix}${String(i + 1).padStart(3, '0')}` })),
  )
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) {
    ... on Statute { id iccs }
    ... on LegalInstrument { id title articles { edges { node { text } } } participations(countries: ["GT"]) { country } }
    ... on MutualLegalAssistanceRequest { id status concerns { id } }
    ... on Case { id mlaRequests(countries: ["SV"]) { edges { node { id } } } } } }`
  const answer = await createTestExecutor(legalModule, db, 'SV')(query, { of })
  expect(idsIn(answer)).toEqual(of.map(({ id }) => id))
  const tables = statements.map(
    (statement) => /from (?:unnest.*?from )?\(*\s*(?:select [^()]*?from )?legal\.(\w+)/s.exec(statement)?.[1],
  )
  expect(tables.toSorted()).toEqual([
    'article',
    'coverage',
    'instrument',
    'mla_concern',
    'mla_request',
    'mla_request',
    'participation',
    'statute',
  ])
})
