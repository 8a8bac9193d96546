import { expect, it } from 'vitest'
import { createTestCompiler } from '../../../gateway/plan/testing.ts'
import { createSplicer } from '../../../gateway/splice/splicer.ts'
import { fed2 } from '../../federation/harness/pattern.ts'
import { composePattern } from '../../federation/harness/subgraphs.ts'

const SUPERGRAPH = composePattern([
  {
    name: 'cases',
    sdl: fed2(`
      type Query { cases: [Case!]! }
      type Case @key(fields: "id") { id: ID! title: String! lead: Person }
      type Person @key(fields: "id", resolvable: false) { id: ID! }
    `),
    resolvers: {},
  },
  { name: 'persons', sdl: fed2('type Person @key(fields: "id") { id: ID! name: String! }'), resolvers: {} },
])

/** As many as one person leads. */
const CASES_OF_ONE = 3

// The longest ones have more characters than the splicer keeps in pieces, and more places than it keeps in arrays.
it.each([1, 1_000, 12_000, 30_000])('a list of %s entities is spliced as it would be put together by hand', (count) => {
  const compiled = createTestCompiler(SUPERGRAPH, () => false)('{ cases { id title lead { id name } } }')
  const splicing = createSplicer(compiled)?.begin()
  const [first, second] = compiled.fetches
  if (splicing === undefined || first === undefined || second === undefined)
    throw new Error('expected an operation that is spliced')
  const cases = Array.from({ length: count }, (_, at) => ({
    ...{ id: `C-${at}`, title: `Expediente ${at}: asociación ilícita y lavado de dinero u otros activos` },
    lead: at % 7 === 6 ? null : { __typename: 'Person', id: `P-${Math.floor(at / CASES_OF_ONE)}` },
  }))
  expect(splicing.take(first.index, Buffer.from(JSON.stringify({ data: { cases } })), 10 * count + 10)).toBe(true)
  const asked = splicing.ask(second.index)
  const leads = [...new Set(cases.flatMap(({ lead }) => lead ?? []).map(({ id }) => id))]
  expect(asked.map((text) => JSON.parse(text))).toEqual(leads.map((id) => ({ __typename: 'Person', id })))
  const names = Buffer.from(JSON.stringify({ data: { _entities: leads.map((id) => ({ name: `María ${id}` })) } }))
  const part = { key: '_entities', count: leads.length, takers: [{ fetch: second.index, rows: null }] }
  expect(splicing.takeParts([part], names, 10 * count + 10)).toBe(true)
  const written = JSON.parse(splicing.write())
  expect(written).toEqual({
    cases: cases.map(({ lead, ...one }) => ({ ...one, lead: lead && { id: lead.id, name: `María ${lead.id}` } })),
  })
})
