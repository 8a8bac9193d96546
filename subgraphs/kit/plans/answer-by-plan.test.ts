import fc from 'fast-check'
import {
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
  parse,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { readRandomRows } from '../../../tests/oracle/random-rows.ts'
import { randomCases } from '../../../tests/share.ts'
import { casesModule } from '../../cases/module.ts'
import { legalModule } from '../../legal/module.ts'
import { personsModule } from '../../persons/module.ts'
import { createExecutor, LIMITS } from '../execute.ts'
import { createLoaders } from '../loaders.ts'
import { buildNodeSchema } from '../node-schema.ts'
import type { NodeContext, Reader } from '../types.ts'
import { createAnswerByPlan } from './answer-by-plan.ts'

/** Root fields of each domain, and some with faults in their arguments. */
const DOMAINS = [
  {
    module: casesModule,
    entities: ['Case', 'Warrant', 'Person'],
    roots: [
      ...['case(id: "GT:1")', 'case(id: "HN:1")', 'warrant(id: "GT:2")', 'warrants(countries: ["GT"])'],
      ...['cases(countries: ["GT"], first: 2)', 'cases(countries: $countries, orderBy: ID_ASC)'],
    ],
    faulty: ['case(id: "bad")', 'cases(countries: ["HN"])', 'cases(countries: ["GT"], after: "x")', 'cases(first: 0)'],
  },
  {
    module: personsModule,
    entities: ['Person'],
    roots: ['person(id: "GT:1")', 'person(id: "GT:3")'],
    faulty: ['person(id: "bad")', 'persons(countries: $countries, search: { birthDate: "2024-02-29" })'],
  },
  {
    module: legalModule,
    entities: ['Statute'],
    roots: ['statute(id: "GT:1")', 'statutes(countries: $countries)', 'mlaRequest(id: "GT:2")'],
    faulty: ['statute(id: "bad")', 'statutes(countries: $countries, first: 101)'],
  },
].map(({ module, ...rest }) => ({ schema: buildNodeSchema(module), ...rest }))

const ENTITIES = '_entities(representations: $representations)'

type Draw = <T>(items: readonly T[]) => T

/** Writes a random selection of a type. Directives and fragments come now and then. */
function writeSelection(schema: GraphQLSchema, type: GraphQLOutputType, depth: number, draw: Draw): string {
  const named = getNamedType(type)
  if (isLeafType(named)) return ''
  const one = (): string => {
    if (named.name === '_Entity') {
      const of = draw(schema.getPossibleTypes(named as never))
      return `... on ${of.name} ${writeSelection(schema, of, depth, draw)}`
    }
    if (!isObjectType(named)) return '__typename'
    if (draw([...Array(12).keys()]) === 0) return `... ${writeSelection(schema, named, depth - 1, draw)}`
    return writeField(schema, draw(fieldsOf(named.getFields(), depth)), depth, draw)
  }
  const count = draw([1, 2, 3, 5])
  return `{ __typename ${Array.from({ length: count }, one).join(' ')} }`
}

function fieldsOf(fields: Readonly<Record<string, GraphQLField<unknown, unknown>>>, depth: number) {
  const all = Object.values(fields).filter(({ args }) => args.every(({ type }) => !String(type).endsWith('!')))
  const leaves = all.filter(({ type }) => isLeafType(getNamedType(type)))
  return depth > 0 || leaves.length === 0 ? all : leaves
}

function writeField(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>, depth: number, draw: Draw): string {
  const { name, type } = field
  const alias = draw(['', '', '', `a${name}: `])
  const first = field.args.some((arg) => arg.name === 'first') ? draw(['', '(first: 2)', '(first: 2)']) : ''
  const directive = draw([...Array(100).keys()]) === 0 ? draw(['@include(if: true)', '@skip(if: true)']) : ''
  return `${alias}${name}${first} ${directive} ${writeSelection(schema, type, depth - 1, draw)}`
}

const contextOf = (db: Reader): NodeContext =>
  ({ country: 'GT', db, loader: createLoaders(), notes: [], countThreshold: 1, contactPoint: null }) as never

/** Answers as a node does, and tells all that anybody sees of it. */
async function ask(
  schema: GraphQLSchema,
  request: { query: string; variables: object },
  reading: Reading,
  isFast: boolean,
) {
  const statements: string[] = []
  const inside: string[] = []
  const unfit: string[] = []
  const execute = createExecutor(
    schema,
    LIMITS,
    (error) => inside.push(String(error)),
    null,
    ({ record, field, message }) => unfit.push(`${record} ${field} ${message}`),
    isFast,
  )
  const db = readRandomRows(schema, reading.seed, reading.spoiled, statements)
  const answer = await execute({ ...request, variables: { ...request.variables } }, contextOf(db))
  // Errors of fields that run in parallel come as they fail, and the specification gives them no order.
  const text = JSON.stringify({ ...answer, errors: answer.errors?.map((error) => JSON.stringify(error)).toSorted() })
  return { told: { text, inside: inside.toSorted(), unfit: unfit.toSorted() }, statements: statements.toSorted() }
}

interface Reading {
  readonly seed: number
  readonly spoiled: number
}

/** Whether a plan answers the request to its end. */
async function answersByPlan(schema: GraphQLSchema, { query, variables }: Parameters<typeof ask>[1], reading: Reading) {
  const db = readRandomRows(schema, reading.seed, reading.spoiled, [])
  const request = { document: parse(query), variables: { ...variables }, operationName: undefined }
  return (await createAnswerByPlan(schema)(request, contextOf(db))) !== null
}

/** Makes a random request over one of the domains. */
function makeRequest(draw: Draw) {
  const { schema, roots, faulty, entities } = draw(DOMAINS)
  const isFaulty = draw([false, false, true])
  const fields = Array.from({ length: draw([1, 1, 2]) }, (_, at) => {
    const root = draw([ENTITIES, ENTITIES, ...roots, ...(isFaulty ? faulty : [])])
    const type = schema.getQueryType()?.getFields()[root.split('(', 1)[0] ?? '']?.type
    return type === undefined ? '' : `r${at}: ${root} ${writeSelection(schema, type, 4, draw)}`
  })
  const body = fields.join(' ')
  const variables = [
    ...(body.includes('$representations') ? ['$representations: [_Any!]!'] : []),
    ...(body.includes('$countries') ? ['$countries: [CountryCode!]'] : []),
  ]
  const head = variables.length === 0 ? '' : `query (${variables.join(', ')})`
  const representations = Array.from({ length: draw([0, 1, 3, 5]) }, () => ({
    __typename: draw(isFaulty ? [...entities, 'PageInfo'] : entities),
    id: draw(['GT:1', 'GT:2', 'GT:3', 'HN:1', ...(isFaulty ? ['bad'] : [])]),
  }))
  return { schema, request: { query: `${head} { ${body} }`, variables: { representations, countries: ['GT'] } } }
}

describe('an answer by a plan', () => {
  it('is the answer of graphql-js: its text, its errors, the rows left out, and the statements', async () => {
    let planned = 0
    const compare = async (draw: Draw, reading: Reading): Promise<void> => {
      const { schema, request } = makeRequest(draw)
      const own = await ask(schema, request, reading, true)
      const other = await ask(schema, request, reading, false)
      expect(own.told).toEqual(other.told)
      const isPlanned = await answersByPlan(schema, request, reading)
      if (isPlanned) expect(own.statements).toEqual(other.statements)
      if (isPlanned) planned += 1
      // What graphql-js answers without an error is answered by a plan.
      const isClean = !other.told.text.includes('"errors"') && other.told.unfit.length + reading.spoiled === 0
      if (isClean && !request.query.includes('@')) expect(isPlanned, request.query).toBe(true)
    }
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.nat(), fc.constantFrom(0, 5, 20, 60), async (g, seed, spoiled) => {
        const draw: Draw = (items) => items[g(fc.nat, { max: items.length - 1 })] as never
        await compare(draw, { seed, spoiled })
      }),
      { numRuns: randomCases(800) },
    )
    expect(planned).toBeGreaterThan(2)
  })

  it('resolves no root field twice if graphql-js has to answer after all', async () => {
    const [, persons] = DOMAINS
    if (persons === undefined) throw new Error('expected the domain persons')
    const hits = 'personHits(countries: ["GT"], search: { name: "Ana Ruiz", birthDate: "2024-02-29" }) { hits { hit } }'
    const request = { query: `{ ${hits} person(id: "bad") { id } }`, variables: {} }
    const reading = { seed: 1, spoiled: 0 }
    const own = await ask(persons.schema, request, reading, true)
    const other = await ask(persons.schema, request, reading, false)
    expect(own).toEqual(other)
    expect(own.statements.length).toBeGreaterThan(0)
  })

  it.each([
    ['what @include asks for', '{ person(id: "GT:1") { id @include(if: true) } }'],
    ['a name that an object cannot have', '{ person(id: "GT:1") { __proto__: id } }'],
  ])('leaves %s to graphql-js', async (_name, query) => {
    const { schema } = DOMAINS[1] ?? {}
    if (schema === undefined) throw new Error('expected the domain persons')
    const reading = { seed: 1, spoiled: 0 }
    expect(await answersByPlan(schema, { query, variables: {} }, reading)).toBe(false)
    const answers = [true, false].map((isFast) => ask(schema, { query, variables: {} }, reading, isFast))
    const [own, other] = await Promise.all(answers)
    expect(own).toEqual(other)
  })

  it.each(['HN:3', 'odd', null])(
    'leaves a page with a row of the id %s to graphql-js, which leaves the row out',
    async (id) => {
      const { schema } = DOMAINS[0] ?? {}
      if (schema === undefined) throw new Error('expected the domain cases')
      const row = { _parent: '', _before: false, _key: '', _id: 'x', id }
      const db = { query: async () => [row] as never }
      const query = '{ cases(countries: ["GT"]) { edges { node { id } } } }'
      const request = { document: parse(query), variables: {}, operationName: undefined }
      expect(await createAnswerByPlan(schema)(request, contextOf(db))).toBe(null)
      const execute = createExecutor(schema, LIMITS, () => undefined)
      expect(await execute({ query }, contextOf(db))).toEqual({
        data: { cases: { edges: [] } },
        extensions: { istmo: { notes: [{ code: 'ROWS_DROPPED', count: 1 }] } },
      })
    },
  )
})
