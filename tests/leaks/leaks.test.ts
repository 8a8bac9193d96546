import { getIntrospectionQuery } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ANALYST, startWorld, type World } from '../hostile-client/world.ts'

/**
 * What a running gateway and a running country could reveal besides rows: the schema by introspection or suggestions, the subgraphs’ SDL, the
 * plan, a stack trace, the names of scopes and policies.
 */

let world: World
let analyst: string
let hitOnly: string

beforeAll(async () => {
  world = await startWorld()
  analyst = await world.token(ANALYST)
  hitOnly = await world.token('person:hit')
})
afterAll(() => world?.close())

interface Named {
  readonly name: string
}

/** A type as introspection returns it. A member is null if the type’s kind does not have it. */
interface ShownType extends Named {
  readonly fields: readonly (Named & { readonly args: readonly Named[] })[] | null
  readonly inputFields: readonly Named[] | null
  readonly enumValues: readonly Named[] | null
}

/** Lists each type and field that introspection shows, as `Type` and `Type.field`, with arguments, input fields and enum values. */
async function introspect(token: string | null): Promise<ReadonlySet<string>> {
  const { text } = await world.ask(getIntrospectionQuery({ inputValueDeprecation: true }), token)
  const { types } = (JSON.parse(text) as { data: { __schema: { types: readonly ShownType[] } } }).data.__schema
  return new Set(
    types.flatMap((type) => {
      const [fields, inputs, values] = [type.fields ?? [], type.inputFields ?? [], type.enumValues ?? []]
      return [
        type.name,
        ...[...fields, ...inputs, ...values].map(({ name }) => `${type.name}.${name}`),
        ...fields.flatMap((field) => field.args.map(({ name }) => `${type.name}.${field.name}(${name}:)`)),
      ]
    }),
  )
}

describe('introspection', () => {
  const PUBLIC = ['Query.statute', 'Statute.heading', 'Query.legalInstrument']
  const HIT = ['Query.personHits', 'PersonHit.hit', 'Query.personListHits']
  const READ = [
    'Query.person',
    'Person',
    'Query.case',
    'Query.cases',
    'Case',
    'Person.names',
    'PersonName.full',
    'Query.persons',
    'PersonSearch.birthDate',
    'Case.court',
    'Case.offences',
  ]
  const NEVER = [
    'Case.narrative',
    'Case.prosecutor',
    'Case.protectedParticipants',
    'Person.addresses',
    'Address',
    'Person.identifiers',
    'Warrant.status',
    'Query.caseCounts',
  ]

  it.each<[string, () => string | null, readonly string[], readonly string[]]>([
    [
      'a caller without a token',
      () => null,
      PUBLIC,
      [...HIT, ...READ, ...NEVER, 'PersonSearch', 'PersonHitSearch', 'CaseFilter', 'CaseOrder'],
    ],
    [
      'a caller who may only search for hits',
      () => hitOnly,
      [...PUBLIC, ...HIT],
      [...READ, ...NEVER, 'PersonName', 'PersonSearch', 'PersonSearch.name'],
    ],
    ['an analyst', () => analyst, [...PUBLIC, ...HIT, ...READ], NEVER],
  ])('shows %s only what the caller may read', async (_, token, seen, unseen) => {
    const shown = await introspect(token())
    expect(seen.filter((one) => !shown.has(one))).toEqual([])
    expect(unseen.filter((one) => shown.has(one))).toEqual([])
  })

  it('shows more to a caller who may read more, and does not show it to the next caller', async () => {
    const [first, hit, all, again] = [
      await introspect(null),
      await introspect(hitOnly),
      await introspect(analyst),
      await introspect(null),
    ]
    expect([...first].filter((one) => !hit.has(one))).toEqual([])
    expect([...hit].filter((one) => !all.has(one))).toEqual([])
    expect(first.size).toBeLessThan(hit.size)
    expect(hit.size).toBeLessThan(all.size)
    expect([...again]).toEqual([...first])
  })

  it.each(['Case', 'PersonSearch', 'CaseOrder', 'Address'])(
    'of the type %s by name does not reveal that it exists',
    async (name) => {
      const { text } = await world.ask(
        `{ __type(name: "${name}") { name fields { name } inputFields { name } enumValues { name } } }`,
        null,
      )
      expect(JSON.parse(text)).toMatchObject({ data: { __type: null } })
    },
  )

  it('does not show anything of the federation', async () => {
    for (const token of [null, analyst])
      expect([...(await introspect(token))].join(' ')).not.toMatch(/_entities|_service|_Any|join__|link__|inaccessible/)
  })
})

describe('the gateway does not answer as a subgraph', () => {
  it.each([
    '{ _service { sdl } }',
    '{ _entities(representations: []) { __typename } }',
    '{ __schema { _service } }',
    '{ ... on _Service { sdl } }',
  ])('%s', async (query) => {
    for (const token of [null, analyst]) {
      const { status, text } = await world.ask(query, token)
      expect(status).toBe(400)
      expect(text).not.toMatch(/@key|type Person|directive @|Did you mean/)
    }
  })
})

describe('the answer does not show the plan, whatever the request has:', () => {
  const QUERY = '{ case(id: "HN:1") { id court } }'

  it.each<[string, Record<string, string>, object]>([
    ['nothing', {}, {}],
    ['the query plan’s header', { 'apollo-query-plan-experimental': '1', 'apollo-expose-query-plan': 'true' }, {}],
    ['a format of the query plan', { 'apollo-query-plan-experimental-format': 'prettified' }, {}],
    ['a trace', { 'apollo-federation-include-trace': 'ftv1', 'x-apollo-tracing': '1' }, {}],
    ['a dry run of the plan', { 'apollo-expose-query-plan': 'dry-run' }, {}],
    ['extensions', {}, { queryPlan: true, tracing: {}, ftv1: true, explain: true }],
  ])('%s', async (_, headers, extensions) => {
    const {
      status,
      headers: answerHeaders,
      text,
    } = await world.ask('', analyst, { headers, body: { query: QUERY, extensions } })
    const body = JSON.parse(text) as { data: unknown; extensions?: object }
    expect([status, body.data]).toEqual([200, { case: { id: 'HN:1', court: 'Juzgado de Letras' } }])
    expect(Object.keys(body.extensions ?? {}).filter((key) => !['countries', 'record'].includes(key))).toEqual([])
    expect(text).not.toMatch(/queryPlan|ftv1|Fetch|_i[A-Z]|127\.0\.0\.1/)
    const expected =
      /^(content-type|content-length|content-language|date|connection|keep-alive|cache-control|vary|etag|istmo-request-id|x-content-type-options)$/
    expect([...answerHeaders.keys()].filter((name) => !expected.test(name))).toEqual([])
  })
})

describe('an error', () => {
  it.each<[string, string]>([
    ['of a scope', '{ case(id: "HN:1") { id prosecutor warrants { edges { cursor } } } }'],
    ['of a policy', '{ case(id: "HN:1") { id narrative } person(id: "HN:P1") { id addresses { line } } }'],
    ['of a country', '{ case(id: "HN:1") { id protectedParticipants { edges { cursor } } } }'],
    ['of a whole operation', '{ caseCounts { counts { cases } } warrant(id: "HN:1") { id } }'],
  ])('%s names neither the caller’s scopes nor the required scopes and policies', async (_, query) => {
    for (const token of [null, hitOnly, analyst]) {
      const { text } = await world.ask(query, token)
      expect(text).toMatch(
        token === null ? /TOKEN_MISSING|FORBIDDEN_BY_COUNTRY/ : /UNAUTHORIZED_FIELD_OR_TYPE|FORBIDDEN_BY_COUNTRY/,
      )
      expect(text).not.toMatch(
        /\w+:(read|hit|narrative|officials|protected|location|count)|_release|scope|polic|cedar|jtf-2026|GT-MP/i,
      )
      expect(text).not.toContain('relato')
    }
  })

  it.each<[string, string, object?]>([
    ['a field that is nearly right', '{ case(id: "HN:1") { narative courts } }'],
    ['a type that is nearly right', '{ case(id: "HN:1") { ... on Cas { id } } }'],
    ['an argument that is nearly right', '{ case(ide: "HN:1") { id } }'],
    ['an order that is nearly right', '{ cases(orderBy: FILED_ON) { edges { cursor } } }'],
    [
      'a variable that does not fit',
      'query ($f: CaseFilter) { cases(filter: $f) { edges { cursor } } }',
      { f: { statu: 'OPEN', participant: 'x' } },
    ],
    ['a malformed id', '{ case(id: "x") { id } }'],
    ['a malformed cursor', '{ cases(after: "x") { edges { cursor } } }'],
    ['a malformed date', '{ persons(search: { name: "a", birthDate: "x" }) { edges { cursor } } }'],
    ['a text that is not GraphQL', '{ case('],
  ])('of %s has no suggestion, no stack trace and nothing internal', async (_, query, variables) => {
    for (const token of [null, analyst]) {
      const { text } = await world.ask('', token, { body: { query, variables } })
      const { errors } = JSON.parse(text) as { errors: readonly { extensions: object }[] }
      expect(errors.length).toBeGreaterThan(0)
      expect(
        errors
          .flatMap(({ extensions }) => Object.keys(extensions))
          .filter((key) => /stack|exception|debug|trace/i.test(key)),
      ).toEqual([])
      expect(text).not.toMatch(/Did you mean|node_modules|at \w+.*:\d+:\d+|\.ts\b|select |pglite|undici/i)
    }
  })
})

describe('what is hidden looks like what does not exist, across gateway and country', () => {
  const askAndRecord = async (query: string, id: string): Promise<readonly [unknown, readonly string[]]> => {
    world.statements.length = 0
    const { status, text } = await world.ask(query.replaceAll('"ID"', JSON.stringify(id)), analyst)
    // The node gives rows of the quota back a second after they were last used, whatever is asked meanwhile.
    const statements = world.statements.filter((statement) => !statement.includes('istmo.row_count'))
    return [[status, text.replaceAll(id, 'ID')], statements.sort()]
  }

  it.each<[string, string, string, string]>([
    [
      'a case that is shared only with others',
      '{ case(id: "ID") { id court offences { iccs } participants { edges { node { person { names { full } } } } } } }',
      'HN:2',
      'HN:9',
    ],
    [
      'a victim',
      '{ person(id: "ID") { id names { full } cases(countries: ["HN"], orderBy: ID_ASC) { edges { node { court } } outcomes { country reach code } } } }',
      'HN:P2',
      'HN:P9',
    ],
    [
      'a victim among several',
      '{ a: person(id: "HN:P1") { id } b: person(id: "ID") { id sex names { full } } }',
      'HN:P2',
      'HN:P9',
    ],
    [
      'a filter by a victim',
      '{ cases(countries: ["HN"], filter: { participant: "ID" }) { edges { node { id } } pageInfo { hasNextPage } outcomes { country reach code } } }',
      'HN:P2',
      'HN:P9',
    ],
  ])('%s: the answer and the statements are the same', async (_, query, hidden, absent) => {
    const [denied, missing] = [await askAndRecord(query, hidden), await askAndRecord(query, absent)]
    expect(denied).toEqual(missing)
    expect(denied[1].length).toBeGreaterThan(0)
    expect(JSON.stringify(denied[0])).not.toMatch(/Paz|Juzgado/)
  })
})

describe('a page that does not require a token', () => {
  it.each(['/status', '/health/live', '/health/ready', '/.well-known/jwks.json', '/metrics', '/'])(
    '%s does not contain an address, a secret or a person',
    async (path) => {
      const text = await (await fetch(`${world.url}${path}`)).text()
      expect(text).not.toMatch(/127\.0\.0\.1:\d|"d":|postgres|Juzgado|Xiomara|pairwise|Bearer ey/)
      expect(text).not.toContain(world.folder)
    },
  )
})

describe('the logs', () => {
  it('do not contain a token, a row or a caller’s name', async () => {
    await world.ask('{ person(id: "HN:P1") { names { full } } case(id: "HN:1") { narrative court } }', analyst)
    expect(world.logged()).not.toMatch(/eyJ[\w-]+\.|Juzgado|Xiomara|relato|pairwise-1/)
  })
})
