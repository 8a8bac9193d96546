import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeCursor } from '../../contract/cursor.ts'
import { type Leg, type Question, startWorld, type World } from './world.ts'

const DOCUMENT = `query Q($id: ID!, $filter: CaseFilter, $n: Int, $full: Boolean!, $role: ParticipantRole, $countries: [CountryCode!]) {
  person(id: $id) { id names { full } sameAs { id names { full } } }
  cases(countries: $countries, filter: $filter, first: $n) {
    edges { node { id category narrative @include(if: $full)
      participants(first: 5, role: $role) { edges { node { role person { id names { full } } } } }
      linkedCases { id category }
    } }
    pageInfo { hasNextPage endCursor }
  }
}`
const QUESTION: Question = {
  document: DOCUMENT,
  variables: {
    id: 'HN:P-1',
    filter: { iccs: ['02'], status: ['OPEN'] },
    n: 10,
    full: false,
    role: 'ACCUSED',
    countries: ['HN'],
  },
  countries: ['HN', 'GT'],
}
const FILTER = QUESTION.variables?.filter

/** A leg as the gateway of this release writes it. */
const CASES: Leg = {
  query:
    'query($filter:CaseFilter,$n:Int,$role:ParticipantRole,$_iCountries:[CountryCode!]!,$_iAfter0:String){cases(filter:$filter,first:$n,countries:$_iCountries,after:$_iAfter0){edges{_iC:cursor node{_iT:__typename _iId:id id category participants(first:5,role:$role){edges{_iC:cursor node{role person{_iT:__typename _iId:id id}}}}linkedCases{_iT:__typename _iId:id id}}}pageInfo{hasNextPage endCursor}_iP:pageInfo{_in:hasNextPage _ib:hasPreviousPage}}}',
  variables: { filter: FILTER, n: 10, role: 'ACCUSED', _iCountries: ['HN'] },
}
const PERSON: Leg = {
  domain: 'persons',
  query: 'query($id:ID!){person(id:$id){_iT:__typename _iId:id id names{full}sameAs{_iT:__typename _iId:id id}}}',
  variables: { id: 'HN:P-1' },
}
const ENTITIES: Leg = {
  domain: 'persons',
  query:
    'query($representations:[_Any!]!){_entities(representations:$representations){...on Person{_iId:id names{full}}}}',
}
const entity = (id: unknown, more: object = {}): Leg => ({
  ...ENTITIES,
  variables: { representations: [{ __typename: 'Person', id, ...more }] },
})
const cases = (selection: string, args = 'filter:$filter,first:$n', variables: object = {}): Leg => {
  const defined = [
    ...(args.includes('$filter') ? ['$filter:CaseFilter'] : []),
    ...(args.includes('$n') ? ['$n:Int'] : []),
    '$c:[CountryCode!]',
  ]
  const query = `query(${defined.join(',')}){cases(${args},countries:$c)${selection}}`
  return { query, variables: { filter: FILTER, n: 10, c: ['HN'], ...variables } }
}
const ROWS = '{edges{node{id}}}'
const NEXT = encodeCursor({ order: 'FILED_ON_DESC', key: '8980000', id: 'HN:C-9' })

let world: World

beforeAll(async () => {
  world = await startWorld({}, ['HN'])
})
afterAll(() => world.close())

describe('a leg of the officer’s question', () => {
  it.each<[string, Leg]>([
    ['the cases that the officer asked for', CASES],
    ['the person that the officer named', PERSON],
    ['an entity that the officer named', entity('HN:P-1')],
    ['another page of the same list', { ...CASES, variables: { ...CASES.variables, _iAfter0: null } }],
    ['a smaller page', cases(ROWS, 'filter:$filter,first:$n', { n: 3 })],
    ['less than the officer asked for', cases('{pageInfo{hasNextPage}}')],
    ['the same under other names', cases('{a:edges{b:node{c:id d:category}}}')],
    ['the filter as a literal', cases(ROWS, 'filter:{iccs:["02"],status:[OPEN]},first:10')],
    [
      'the members of the filter in another order',
      cases(ROWS, undefined, { filter: { status: ['OPEN'], iccs: ['02'] } }),
    ],
    ['a filter with nulls beside', cases(ROWS, undefined, { filter: { ...(FILTER as object), subdivision: null } })],
    ['one item in place of a list of one', cases(ROWS, undefined, { filter: { iccs: '02', status: 'OPEN' } })],
    ['only the disclosures that it needs', { ...PERSON, hide: ['$filter', '$n', '$role', '$countries', 'GT'] }],
  ])('is answered: %s', async (_name, leg) => {
    const answer = await world.send(leg, QUESTION, world.ask(QUESTION))
    expect([answer.status, answer.code]).toEqual([200, null])
    expect(answer.data).toBeTruthy()
  })

  it('is answered for all countries of the mandate, if the officer asked all', async () => {
    const question = { ...QUESTION, countries: ['*'] }
    expect((await world.send(CASES, question, world.ask(question))).status).toBe(200)
  })

  it('is answered with the legal basis that the officer stated', async () => {
    const question = { ...QUESTION, basis: ['UN:XVIII-12#27'] }
    expect((await world.send(CASES, question, world.ask(question))).status).toBe(200)
    const withheld = { grounds: { purpose: 'INVESTIGATION' }, withheld: ['legalBasis'] }
    expect((await world.send({ ...CASES, legToken: withheld }, question, world.ask(question))).status).toBe(200)
  })

  it('may ask for what the officer switched on', async () => {
    const question = { ...QUESTION, variables: { ...QUESTION.variables, full: true } }
    const leg = cases('{edges{node{narrative}}}')
    // The policy of the narrative denies it: what the officer asked for is not yet what the country gives.
    expect((await world.send(leg, question, world.ask(question))).code).toBe('REFUSED_BY_NODE')
    expect((await world.send(leg, QUESTION, world.ask(QUESTION))).code).toBe('LEG_NOT_OF_QUESTION')
  })

  it('may go to a node that does not know the document only with the document', async () => {
    const question = { ...QUESTION, document: `${DOCUMENT} # another text` }
    const made = world.ask(question)
    expect((await world.send({ ...CASES, document: null }, question, made)).code).toBe('DOCUMENT_UNKNOWN')
    expect((await world.send(CASES, question, made)).status).toBe(200)
    expect((await world.send({ ...CASES, document: null }, question, made)).status).toBe(200)
  })
})

describe('a captured gateway', () => {
  it.each<[string, Leg]>([
    [
      'the page behind the one that the officer asked for',
      { ...CASES, variables: { ...CASES.variables, _iAfter0: NEXT } },
    ],
    ['a dropped filter', cases(ROWS, 'first:$n')],
    ['a filter of null', cases(ROWS, undefined, { filter: null })],
    ['an empty filter', cases(ROWS, undefined, { filter: {} })],
    ['a filter without one of its members', cases(ROWS, undefined, { filter: { iccs: ['02'] } })],
    ['a filter with a null in place of a member', cases(ROWS, undefined, { filter: { iccs: ['02'], status: null } })],
    [
      'a filter with one more member',
      cases(ROWS, undefined, { filter: { ...(FILTER as object), subdivision: ['HN-FM'] } }),
    ],
    ['a wider code', cases(ROWS, undefined, { filter: { iccs: ['0'], status: ['OPEN'] } })],
    ['another status', cases(ROWS, undefined, { filter: { iccs: ['02'], status: ['CHARGED'] } })],
    ['one status more', cases(ROWS, undefined, { filter: { iccs: ['02'], status: ['OPEN', 'CHARGED'] } })],
    ['an empty list in the filter', cases(ROWS, undefined, { filter: { iccs: [], status: ['OPEN'] } })],
    ['a filter on a participant', cases(ROWS, undefined, { filter: { participant: 'HN:P-1' } })],
    ['another filter as a literal', cases(ROWS, 'filter:{iccs:["02"]},first:10')],
    [
      'a variable inside the filter that has no value',
      {
        ...cases(ROWS, 'filter:{iccs:$x,status:[OPEN]},first:$n'),
        query:
          'query($n:Int,$c:[CountryCode!],$x:[IccsCode!]){cases(filter:{iccs:$x,status:[OPEN]},first:$n,countries:$c){edges{node{id}}}}',
        variables: { n: 10, c: ['HN'] },
      },
    ],
    ['another order', cases(ROWS, 'filter:$filter,first:$n,orderBy:ID_ASC')],
    ['a larger page', cases(ROWS, undefined, { n: 11 })],
    ['no page size, so that the default counts', cases(ROWS, 'filter:$filter')],
    ['a page size of null', cases(ROWS, undefined, { n: null })],
    ['a larger page within', cases('{edges{node{participants(first:6,role:ACCUSED){edges{node{role}}}}}}')],
    ['participants of another role', cases('{edges{node{participants(first:5,role:VICTIM){edges{node{role}}}}}}')],
    ['participants of each role', cases('{edges{node{participants(first:5){edges{node{role}}}}}}')],
    ['a field that the document lacks', cases('{edges{node{id court}}}')],
    ['a field that the document lacks, under the name of one that it has', cases('{edges{node{category:court}}}')],
    ['a field that the document lacks, in a fragment', cases('{edges{node{...on Case{court}}}}')],
    [
      'a field that the document lacks, on a condition that is false',
      cases('{edges{node{id court@include(if:false)}}}'),
    ],
    [
      'a field that the document lacks, in a fragment that is skipped',
      cases('{edges{node{id ...@skip(if:true){court}}}}'),
    ],
    ['a field that the officer switched off', cases('{edges{node{id narrative}}}')],
    [
      'a deeper selection',
      cases(
        '{edges{node{participants(first:5,role:ACCUSED){edges{node{person{cases(countries:$c){edges{node{id}}}}}}}}}}',
      ),
    ],
    ['when a link began', cases('{edges{node{participants(first:5,role:ACCUSED){edges{node{since}}}}}}')],
    ['the provenance of each record', cases('{edges{node{provenance{agency}}}}')],
    [
      'another list',
      { query: 'query($c:[CountryCode!]){warrants(countries:$c){edges{node{id}}}}', variables: { c: ['HN'] } },
    ],
    [
      'another list beside the right one',
      {
        query:
          'query($filter:CaseFilter,$n:Int,$c:[CountryCode!]){cases(filter:$filter,first:$n,countries:$c){edges{node{id}}}warrants(countries:$c){edges{node{id}}}}',
        variables: { filter: FILTER, n: 10, c: ['HN'] },
      },
    ],
    [
      'the right list, and the wrong one under another name',
      {
        query:
          'query($filter:CaseFilter,$n:Int,$c:[CountryCode!]){cases(filter:$filter,first:$n,countries:$c){edges{node{id}}}all:cases(first:$n,countries:$c){edges{node{id}}}}',
        variables: { filter: FILTER, n: 10, c: ['HN'] },
      },
    ],
    [
      'counts',
      { query: 'query($c:[CountryCode!]){caseCounts(countries:$c){counts{cases}}}', variables: { c: ['HN'] } },
    ],
    ['one case by its id', { query: 'query($id:ID!){case(id:$id){id}}', variables: { id: 'HN:C-1' } }],
    ['another person', { ...PERSON, variables: { id: 'HN:P-2' } }],
    ['another person as a literal', { ...PERSON, query: 'query{person(id:"HN:P-2"){id names{full}}}', variables: {} }],
    [
      'a field of the person that the document lacks',
      { ...PERSON, query: 'query($id:ID!){person(id:$id){id birthDate}}' },
    ],
    ['the identifiers of the person', { ...PERSON, query: 'query($id:ID!){person(id:$id){identifiers{value}}}' }],
    [
      'a search for persons',
      {
        domain: 'persons',
        query: 'query($c:[CountryCode!]){persons(countries:$c,search:{name:"Ana"}){edges{node{id}}}}',
        variables: { c: ['HN'] },
      },
    ],
    [
      'a hit search',
      {
        domain: 'persons',
        query: 'query($c:[CountryCode!]){personHits(countries:$c,search:{name:"Ana"}){hits{hit}}}',
        variables: { c: ['HN'] },
      },
    ],
    ['an entity that nobody gave', entity('HN:P-2')],
    ['an entity of the other country that nobody gave', entity('GT:P-9')],
    ['an entity whose id is nearly the right one', entity('HN:P-1 ')],
    ['an entity with more than its id', entity('HN:P-1', { names: [{ full: 'Ana' }] })],
    ['an entity without a type', { ...ENTITIES, variables: { representations: [{ id: 'HN:P-1' }] } }],
    ['an entity without an id', { ...ENTITIES, variables: { representations: [{ __typename: 'Person' }] } }],
    ['an entity with a number as its id', entity(7)],
    [
      'one right entity among a hundred',
      {
        ...ENTITIES,
        variables: {
          representations: Array.from({ length: 100 }, (_, at) => ({ __typename: 'Person', id: `HN:P-${at}` })),
        },
      },
    ],
    [
      'two operations, one of them right',
      { ...PERSON, query: `${PERSON.query.replace('query', 'query A')} query B{person(id:"HN:P-2"){id}}` },
    ],
    ['the same filter while its value is hidden', { ...CASES, hide: ['$filter'] }],
    ['no filter while its value is hidden', { ...cases(ROWS, 'first:$n'), hide: ['$filter'] }],
    ['no person id while its value is hidden', { ...PERSON, hide: ['$id'] }],
    ['an entity while the variable with its id is hidden', { ...entity('HN:P-1'), hide: ['$id'] }],
    [
      'the field that is switched off, while the switch is hidden',
      { ...cases('{edges{node{narrative}}}'), hide: ['$full'] },
    ],
  ])('is refused %s', async (_name, leg) => {
    const answer = await world.send(leg, QUESTION, world.ask(QUESTION))
    // A leg with two operations names none, so the node refuses it before it compares it.
    const code = leg.query.includes('query B') ? 'OPERATION_RESOLUTION_FAILURE' : 'LEG_NOT_OF_QUESTION'
    expect([answer.code, answer.data]).toEqual([code, undefined])
    expect(answer.text).not.toContain('Case.')
  })

  it('leaves each attempt in the node’s own log, with the place', async () => {
    const before = world.logged.length
    await world.send(cases('{edges{node{id court}}}'), QUESTION, world.ask(QUESTION))
    const line = JSON.parse(world.logged.slice(before).find((text) => text.includes('LEG_NOT_OF_QUESTION')) ?? '{}')
    expect(line).toMatchObject({ path: '/cases', coordinate: 'Case.court', reason: 'FIELD' })
  })
})
