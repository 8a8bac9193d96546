import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { ANONYMOUS, OPEN, type Rule } from '../../contract/access/rule.ts'
import { encodeCursor } from '../../contract/cursor.ts'
import { loadSupergraph } from '../plan/graph/supergraph.ts'
import { compileForTest, SUPERGRAPH_SDL } from '../plan/testing.ts'
import { aDomainView } from '../testing.ts'
import type { DomainView } from '../types/flow.ts'
import type { Denials, Entity } from '../types/leg.ts'
import type { SpreadFetch } from '../types/operation.ts'
import { checkArguments } from './check-arguments.ts'
import { entitiesAt } from './entities.ts'
import { type Publication, readPublication } from './publication.ts'
import { type Spread, spreadFetch } from './spread.ts'

const graph = loadSupergraph(SUPERGRAPH_SDL)
const casesSchema = graph.subgraphs.get('cases')?.schema ?? buildSchema('type Query { x: Int }')
const complete = readPublication(casesSchema, '', undefined)
const GT_HN_PA: ReadonlyMap<string, Publication> = new Map(['PA', 'GT', 'HN'].map((code) => [code, complete]))

const OPEN_VIEW = aDomainView()
const viewOf = (): DomainView => ({ ...OPEN_VIEW })

function spread(
  source: string,
  variables: Record<string, unknown> = {},
  options: Partial<Parameters<typeof spreadFetch>[1]> = {},
): Spread {
  const compiled = compileForTest(source, variables)
  const [fetch] = compiled.fetches as SpreadFetch[]
  if (!fetch) throw new Error('expected a fetch')
  return spreadFetch(fetch, {
    variables,
    publishers: GT_HN_PA,
    viewOf,
    participants: PARTICIPANTS,
    mandateCountries: null,
    entities: null,
    ...options,
  })
}

const ask = '{ edges { node { id court } } }'

const PARTICIPANTS = new Set(['GT', 'HN', 'PA', 'SV', 'UN'])

describe('root fields', () => {
  it.each([
    ['all that publish it', `{ cases ${ask} }`, ['GT', 'HN', 'PA'], []],
    ['those that the argument lists, once each', `{ cases(countries: ["PA", "GT", "GT"]) ${ask} }`, ['GT', 'PA'], []],
    ['no country for an empty list', `{ cases(countries: []) ${ask} }`, [], []],
    ['only those that publish it', `{ cases(countries: ["GT", "UN"]) ${ask} }`, ['GT'], ['UN']],
    ['the owner that the id names', '{ case(id: "HN:1") { id } }', ['HN'], []],
    ['no owner if it publishes nothing', '{ case(id: "MX:1") { id } }', [], ['MX']],
  ])('go to %s', (_, source, asked, unasked) => {
    const { legs, targets } = spread(source)
    expect(legs.map((leg) => leg.country)).toEqual(asked)
    expect(targets[0]?.countries).toEqual(asked)
    expect([...(targets[0]?.unasked.keys() ?? [])]).toEqual(unasked)
  })

  it('go to the mandate’s countries by default if a rule guards them', () => {
    const { legs, targets } = spread(`{ cases ${ask} }`, {}, { mandateCountries: ['HN', 'CR'] })
    expect(legs.map((leg) => leg.country)).toEqual(['HN'])
    expect([...(targets[0]?.unasked ?? [])]).toEqual([['CR', { reach: 'NOT_PUBLISHED', code: null }]])
  })

  it.each([
    ['does not concern', '', ['UN', 'HN', 'SV'], []],
    ['concerns', '(countries: ["UN", "HN", "SV"])', null, ['SV', 'UN']],
  ])('a participant that does not publish them, which the question %s', (_, listed, mandateCountries, named) => {
    const partial = readPublication(casesSchema, 'SV', 'type Query { case: Case } type Case { id: ID! }')
    const publishers = new Map([...GT_HN_PA, ['SV', partial] as const])
    const { legs, targets } = spread(`{ cases${listed} ${ask} }`, {}, { mandateCountries, publishers })
    expect(legs.map((leg) => leg.country)).toEqual(['HN'])
    expect([...(targets[0]?.unasked.keys() ?? [])]).toEqual(named)
  })

  it('of one country share its leg, each with its own page', () => {
    const after = encodeCursor({ order: 'ID_ASC', key: '', id: 'GT:5' })
    const source = `query ($after: String) { a: cases(countries: ["GT"], orderBy: ID_ASC, after: $after) ${ask} b: cases(orderBy: ID_ASC) ${ask} case(id: "HN:1") { id } }`
    const { legs } = spread(source, { after })
    expect(legs.map((leg) => [leg.country, leg.fields.map(({ field }) => field.shape.key)])).toEqual([
      ['GT', ['a', 'b']],
      ['HN', ['b', 'case']],
      ['PA', ['b']],
    ])
    expect(legs[0]?.variables).toEqual({ _iCountries: ['GT'], _iAfter0: after, _iAfter1: null })
    expect(legs[1]?.variables).toEqual({ _iCountries: ['HN'], _iAfter1: null })
  })

  it('have the same document in each country, which is valid in the domain', () => {
    const { legs } = spread(`query ($n: Int = 3) { cases(first: $n) ${ask} }`, { n: 3 })
    expect(new Set(legs.map((leg) => leg.query)).size).toBe(1)
    expect(validate(casesSchema, parse(legs[0]?.query ?? ''))).toEqual([])
    expect(legs[0]?.variables.n).toBe(3)
  })

  it('continue at a silent country’s former place, and at the common place for the others', () => {
    const place = { order: 'FILED_ON_DESC', key: '9000000', id: 'GT:5' }
    const after = encodeCursor({ ...place, silent: { HN: 0, PA: { key: '~', id: 'PA:1' } } })
    const { legs } = spread(`query ($a: String) { cases(after: $a) ${ask} }`, { a: after })
    expect(legs.map((leg) => leg.variables._iAfter0)).toEqual([
      encodeCursor(place),
      null,
      encodeCursor({ order: 'FILED_ON_DESC', key: '~', id: 'PA:1' }),
    ])
  })
})

describe('the legs of several root fields', () => {
  it('are sorted by country, whichever field names the country first', () => {
    const { legs } = spread(`{ case(id: "PA:1") { id } cases ${ask} }`)
    expect(legs.map(({ country }) => country)).toEqual(['GT', 'HN', 'PA'])
  })

  it('name the scopes and policies of the rules of all their fields, sorted and each once', () => {
    const ruled: Readonly<Record<string, Rule>> = {
      'Query.cases': { ...OPEN, scopes: [[['z', 'm']]], policies: [[['release', 'allow']]] },
      'Query.case': { ...OPEN, scopes: [[['a', 'm']]], policies: [[['allow', 'board']]] },
    }
    const rights = { ...ANONYMOUS, scopes: new Set(['a', 'm', 'z', 'unnamed']), grants: () => true }
    const ruleOf = (typeName: string, name: string): Rule => ruled[`${typeName}.${name}`] ?? OPEN
    const source = '{ cases(countries: ["GT", "HN"]) { edges { cursor } } case(id: "GT:1") { id } }'
    const { legs } = spread(source, {}, { viewOf: () => ({ ...OPEN_VIEW, rights, ruleOf }) })
    expect(legs.map(({ country, scopes, policies }) => [country, scopes, policies])).toEqual([
      ['GT', ['a', 'm', 'z'], ['allow', 'board', 'release']],
      ['HN', ['m', 'z'], ['allow', 'release']],
    ])
  })

  it('have no variable that the request does not have', () => {
    const { legs } = spread(`query ($n: Int) { cases(first: $n, countries: ["GT"]) ${ask} }`)
    expect(Object.keys(legs[0]?.variables ?? {}).sort()).toEqual(['_iAfter0', '_iCountries'])
  })
})

describe('the target of a root field', () => {
  it.each([
    ['the owner of the record, with its id', 'HN:1', ['HN'], 'HN:1'],
    ['the owner of a record whose id ends with a country code', 'HN:GT', ['HN'], 'HN:GT'],
    ['a country, without the id of a record', 'HN', ['HN'], null],
  ])('is %s', (_, id, countries, recordId) => {
    expect(spread(`{ case(id: "${id}") { id } }`).targets).toMatchObject([{ countries, recordId, page: null }])
  })

  it('cannot be made if nothing says which countries answer the field', () => {
    const fetch = compileForTest(`{ cases ${ask} }`).fetches[0] as SpreadFetch
    const fields = fetch.fields.map((field) => ({ ...field, spread: null }))
    const input = {
      variables: {},
      publishers: GT_HN_PA,
      viewOf,
      participants: PARTICIPANTS,
      mandateCountries: null,
      entities: null,
    }
    expect(() => spreadFetch({ ...fetch, fields }, input)).toThrow('expected @answeredBy on Query.cases')
  })
})

describe('what a country does not publish', () => {
  const partial = readPublication(
    casesSchema,
    'HN',
    'type Query { cases: CaseConnection } type CaseConnection { edges: [CaseEdge!]! pageInfo: PageInfo! } type CaseEdge { cursor: String! node: Case! } type Case { id: ID! } type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! }',
  )
  const publishers = new Map([
    ['GT', complete],
    ['HN', partial],
  ])

  it('is taken out of its own legs only', () => {
    const { legs } = spread(`{ cases ${ask} }`, {}, { publishers })
    expect(legs[0]?.query).toContain('court')
    expect(legs[1]?.query).not.toContain('court')
    expect(legs.map((leg) => leg.fields[0]?.partly)).toEqual([
      { reach: 'ANSWERED', code: null },
      { reach: 'ANSWERED', code: 'PARTLY_NOT_PUBLISHED' },
    ])
  })

  it('is not asked for if it is the top field', () => {
    const { legs, targets } = spread('{ caseCounts { counts { cases } } }', {}, { publishers })
    expect(legs.map((leg) => leg.country)).toEqual(['GT'])
    expect([...(targets[0]?.unasked.keys() ?? [])]).toEqual([])
  })
})

describe('what a country denies', () => {
  const RULED = { ...OPEN, scopes: [[['some:scope']]] }
  const denying =
    (coordinate: string) =>
    (country: string): DomainView => {
      const isDenied = (typeName: string, name: string) => country === 'HN' && `${typeName}.${name}` === coordinate
      return {
        ...OPEN_VIEW,
        ruleOf: (typeName, name) => (isDenied(typeName, name) ? RULED : OPEN),
        denialOf: (typeName, name) => (isDenied(typeName, name) ? 'SCOPES' : null),
      }
    }
  const listDenials = (denials: Denials): unknown[] =>
    [...denials].flatMap(([country, fields]) => [...fields.values()].flat().map((one) => [country, one]))
  const denial = (coordinate: string, ...path: string[]) => ({
    coordinate,
    path,
  })

  it('is taken out of its leg, with the denial and its place', () => {
    const { legs, denials } = spread(`{ cases ${ask} }`, {}, { viewOf: denying('Case.court') })
    expect(legs.map(({ query }) => query.includes('court'))).toEqual([true, false, true])
    expect(listDenials(denials)).toEqual([['HN', denial('Case.court', 'cases', 'edges', 'node', 'court')]])
  })

  it('is not asked for if it is the top field, and the country’s outcome says so', () => {
    const { legs, targets, denials } = spread(`{ cases ${ask} }`, {}, { viewOf: denying('Query.cases') })
    expect(legs.map(({ country }) => country)).toEqual(['GT', 'PA'])
    expect([...(targets[0]?.unasked ?? [])]).toEqual([['HN', { reach: 'DENIED', code: 'FORBIDDEN_BY_COUNTRY' }]])
    expect(listDenials(denials)).toEqual([['HN', denial('Query.cases', 'cases')]])
  })

  it.each<[string, Partial<DomainView>, boolean | undefined]>([
    [
      'asks for nobody if the country does not recognise the caller',
      { notRecognised: 'TASK_FORCE_NOT_RECOGNISED' },
      true,
    ],
    ['asks for nobody if the country does not list the caller and nothing has a rule', { isListed: false }, true],
    [
      'asks for the caller if the country does not list them and a field has a rule',
      { isListed: false, ruleOf: () => RULED },
      undefined,
    ],
    ['asks for the caller in a country that recognises and lists them', {}, undefined],
  ])('%s', (_, view, isForNobody) => {
    const viewOfAll = (country: string) => (country === 'HN' ? { ...OPEN_VIEW, ...view } : OPEN_VIEW)
    const { legs } = spread(`{ cases ${ask} }`, {}, { viewOf: viewOfAll })
    expect(legs.map((leg) => [leg.country, leg.isForNobody])).toEqual([
      ['GT', undefined],
      ['HN', isForNobody],
      ['PA', undefined],
    ])
  })

  it('is in a leg of its own if the country does not list the caller, so that the rest is answered for nobody', () => {
    const ruleOf: DomainView['ruleOf'] = (_, name) => (name === 'warrants' ? RULED : OPEN)
    const viewOfAll = (country: string) => ({ ...OPEN_VIEW, ruleOf, isListed: country !== 'HN' })
    const { legs } = spread(`{ cases ${ask} warrants { edges { node { id } } } }`, {}, { viewOf: viewOfAll })
    const asked = legs.map(({ country, query, isForNobody }) => [
      ...[country, query.includes('cases('), query.includes('warrants('), isForNobody],
    ])
    expect(asked).toEqual([
      ['GT', true, true, undefined],
      ['HN', true, false, true],
      ['HN', false, true, undefined],
      ['PA', true, true, undefined],
    ])
  })

  it('is not asked for if the country does not recognise the caller, without a denial', () => {
    const viewOfAll = (country: string): DomainView => ({
      ...OPEN_VIEW,
      ruleOf: () => RULED,
      notRecognised: country === 'HN' ? 'TASK_FORCE_NOT_RECOGNISED' : null,
    })
    const { legs, targets, denials } = spread(`{ cases ${ask} }`, {}, { viewOf: viewOfAll })
    expect(legs.map(({ country }) => country)).toEqual(['GT', 'PA'])
    expect([...(targets[0]?.unasked ?? [])]).toEqual([['HN', { reach: 'DENIED', code: 'TASK_FORCE_NOT_RECOGNISED' }]])
    expect(listDenials(denials)).toEqual([])
  })

  it('is not asked for of its entities, and the place of the denial begins at the field', () => {
    const fetch = compileForTest('{ cases { edges { node { linkedCases { court } } } } }').fetches[1] as SpreadFetch
    const entities = ['HN:1', 'GT:1', 'HN:2'].map((id): Entity => {
      return { representation: { __typename: 'Case', id }, objects: [{}], paths: [[]], context: {} }
    })
    const input = { variables: {}, publishers: GT_HN_PA, participants: PARTICIPANTS, mandateCountries: null, entities }
    const allowed = spreadFetch(fetch, { ...input, viewOf })
    expect(allowed.legs.map(({ country, entities: indices }) => [country, indices])).toEqual([
      ['GT', [1]],
      ['HN', [0, 2]],
    ])
    const denied = spreadFetch(fetch, { ...input, viewOf: denying('Case.court') })
    expect(denied.legs.map(({ country }) => country)).toEqual(['GT'])
    expect([...(denied.unasked.get('HN')?.values() ?? [])]).toEqual([{ reach: 'DENIED', code: 'FORBIDDEN_BY_COUNTRY' }])
    expect(listDenials(denied.denials)).toEqual([['HN', denial('Case.court', 'court')]])
    const partial = readPublication(casesSchema, 'HN', 'type Query { case: Case } type Case { id: ID! }')
    const publishers = new Map([...GT_HN_PA, ['HN', partial] as const])
    const unpublished = spreadFetch(fetch, { ...input, viewOf, publishers })
    expect([...(unpublished.unasked.get('HN') ?? [])]).toEqual([])
  })
})

describe('entities', () => {
  const compiled = compileForTest('{ cases { edges { node { linkedCases { court } } } } }')
  const owner = compiled.fetches[1] as SpreadFetch
  const stub = (id: string): Record<string, unknown> => ({ _iT: 'Case', _iId: id })
  const tree = {
    cases: {
      edges: [
        { node: { linkedCases: [stub('HN:1'), stub('GT:1')] } },
        { node: { linkedCases: [stub('HN:1'), stub('MX:1')] } },
        { node: { linkedCases: null } },
      ],
    },
  }

  it('are asked about once, for all objects that have the same representation', () => {
    const entities = entitiesAt(tree, owner.path, owner.requires ?? [], owner.keys.typename)
    expect(
      entities.map(({ representation, objects, paths }) => [
        representation.id,
        objects.length,
        ...paths.map((path) => path.join('.')),
      ]),
    ).toEqual([
      ['HN:1', 2, 'cases.edges.0.node.linkedCases.0', 'cases.edges.1.node.linkedCases.0'],
      ['GT:1', 1, 'cases.edges.0.node.linkedCases.1'],
      ['MX:1', 1, 'cases.edges.1.node.linkedCases.1'],
    ])
  })

  it('go to no country if their id is not a string', () => {
    const id = { toString: 1, valueOf: null }
    const entities: Entity[] = [{ representation: { __typename: 'Case', id }, objects: [{}], paths: [[]], context: {} }]
    const input = {
      variables: {},
      publishers: GT_HN_PA,
      viewOf,
      participants: PARTICIPANTS,
      mandateCountries: null,
      entities,
    }
    expect(spreadFetch(owner, input).legs).toEqual([])
  })

  it('do not go to an owner that is unavailable, whatever it publishes and whomever it recognises', () => {
    const suspended = { reach: 'UNAVAILABLE', code: 'SUSPENDED' } as const
    const unavailable = new Map([['HN', suspended]])
    const entities: Entity[] = entitiesAt(tree, owner.path, owner.requires ?? [], owner.keys.typename)
    const input = { variables: {}, publishers: GT_HN_PA, participants: PARTICIPANTS, mandateCountries: null }
    const { legs, unasked } = spreadFetch(owner, {
      ...{ ...input, unavailable, entities },
      viewOf: () => ({ ...OPEN_VIEW, notRecognised: 'MANDATE_NOT_COVERED' }),
    })
    expect(legs.map(({ country }) => country)).not.toContain('HN')
    expect([...(unasked.get('HN')?.values() ?? [])]).toContainEqual(suspended)
    const root = spread(`{ cases ${ask} }`, {}, { unavailable })
    expect([root.targets[0]?.countries, root.targets[0]?.unasked]).toEqual([['GT', 'PA'], unavailable])
  })

  it('go only to their owners', () => {
    const entities: Entity[] = entitiesAt(tree, owner.path, owner.requires ?? [], owner.keys.typename)
    const input = { variables: {}, publishers: GT_HN_PA, viewOf, participants: PARTICIPANTS, mandateCountries: null }
    const { legs, targets } = spreadFetch(owner, { ...input, entities })
    expect(targets).toEqual([])
    expect(spreadFetch(owner, { ...input, entities: null }).legs).toEqual([])
    expect(
      legs.map((leg) => [leg.country, (leg.variables.representations as { id: string }[]).map(({ id }) => id)]),
    ).toEqual([
      ['GT', ['GT:1']],
      ['HN', ['HN:1']],
    ])
  })
})

describe('a field that each country answers for entities', () => {
  const after = encodeCursor({ order: 'FILED_ON_DESC', key: '9', id: 'GT:5', silent: { HN: 0 } })
  const fetch = compileForTest(`{ person(id: "GT:1") { sameAs { cases(after: "${after}") ${ask} } } }`).fetches.find(
    ({ mode }) => mode === 'EVERY',
  ) as SpreadFetch
  const entityOf = (id: string): Entity => {
    return { representation: { __typename: 'Person', id }, objects: [{}], paths: [[]], context: {} }
  }
  const spreadOver = (ids: readonly string[]) =>
    spreadFetch(fetch, {
      variables: {},
      publishers: GT_HN_PA,
      viewOf,
      participants: PARTICIPANTS,
      mandateCountries: null,
      entities: ids.map(entityOf),
    })

  it('has a leg to each country, sorted, with all entities', () => {
    const { legs } = spreadOver(['GT:1', 'HN:1'])
    expect(legs.map(({ country, entities }) => [country, entities])).toEqual([
      ['GT', [0, 1]],
      ['HN', [0, 1]],
      ['PA', [0, 1]],
    ])
    expect(legs[0]?.variables.representations).toEqual(
      [entityOf('GT:1'), entityOf('HN:1')].map((one) => one.representation),
    )
  })

  it.each([
    ['continues where a country was silent if it is of one entity', ['GT:1'], { HN: 0 }],
    ['cannot continue where a country was silent if it is of several entities', ['GT:1', 'HN:1'], {}],
  ])('%s', (_, ids, silent) => {
    expect(spreadOver(ids).targets[0]?.page).toMatchObject({ base: { key: '9', id: 'GT:5' }, silent })
    expect(Object.keys(spreadOver(ids).targets[0]?.page?.silent ?? { missing: 0 })).toEqual(Object.keys(silent))
  })

  it('has no leg without entities', () => {
    expect(spreadOver([]).legs).toEqual([])
  })
})

describe('what is rejected before any leg', () => {
  const check = (source: string, variables: Record<string, unknown> = {}): void =>
    checkArguments(compileForTest(source, variables).checked, variables)
  const cursorOf = (order: string, silent = {}): string => encodeCursor({ order, key: '', id: 'GT:1', silent })

  it.each([
    ['ID_INVALID', '{ case(id: "gt-1") { id } }'],
    ['ID_INVALID', '{ cases(filter: { participant: "x" }) { edges { cursor } } }'],
    ['BAD_USER_INPUT', '{ cases(first: -1) { edges { cursor } } }'],
    ['BAD_USER_INPUT', '{ case(id: "GT:1") { participants(first: 101) { edges { cursor } } } }'],
    ['BAD_CURSOR', '{ cases(after: "x") { edges { cursor } } }'],
    ['BAD_CURSOR', `{ cases(after: "${cursorOf('ID_ASC')}") { edges { cursor } } }`],
    ['BAD_CURSOR', `{ person(id: "GT:1") { warrants(after: "${cursorOf('ID_ASC')}") { edges { cursor } } } }`],
    [
      'BAD_CURSOR',
      `{ case(id: "GT:1") { participants(after: "${cursorOf('ROW_ASC', { HN: 0 })}") { edges { cursor } } } }`,
    ],
    ['BAD_USER_INPUT', '{ dualCriminality(countries: [], iccs: "01") { satisfied } }'],
    ['SEARCH_TOO_WIDE', '{ personHits(search: { name: "Ana" }) { hits { hit } } }'],
    ['BAD_USER_INPUT', '{ persons(search: {}) { edges { cursor } } }'],
  ])('%s: %s', (code, source) => {
    expect(() => check(source)).toThrow(expect.objectContaining({ code, status: 400 }))
  })

  it.each([
    '{ cases(first: 0, after: null, countries: null) { edges { cursor } } }',
    '{ cases(first: null) { edges { cursor } } }',
    `{ person(id: "GT:1") { warrants(after: "${cursorOf('ISSUED_ON_DESC', { HN: 0 })}") { edges { cursor } } } }`,
    '{ personHits(search: { name: "Ana", birthDate: "1990-01-01" }) { hits { hit } } }',
  ])('but not: %s', (source) => {
    expect(() => check(source)).not.toThrow()
  })
})
