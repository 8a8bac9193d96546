import { parse, print, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { SpreadFetch } from '../types/operation.ts'
import { createPlanner } from './compile.ts'
import { compileForTest, SUPERGRAPH_SDL } from './testing.ts'

/** Writes one line for each fetch: `index mode domain path{fields} <- the fetches that it depends on`. */
function outline(source: string, variables: Record<string, unknown> = {}): string[] {
  return compileForTest(source, variables).fetches.map((fetch) => {
    const { index, mode, domain, path, dependsOn, fields } = fetch as SpreadFetch
    const keys = fields.map((field) => field.shape.key).join(' ')
    return `${index} ${mode} ${domain} ${path.join('.')}{${keys}} <- ${dependsOn.join(' ')}`.trim()
  })
}

describe('the plan pass', () => {
  it('cuts under a @crossBorder field: the country that answers is asked for ids, the owners for the rest', () => {
    expect(outline('{ person(id: "GT:1") { names { full } sameAs { id country names { full } } } }')).toEqual([
      '0 ROOT persons {person} <-',
      '1 OWNER persons person.sameAs.@{country names} <- 0',
    ])
  })

  it('asks no owner if only ids are wanted below a @crossBorder field', () => {
    expect(outline('{ person(id: "GT:1") { sameAs { __typename other: id } } }')).toEqual([
      '0 ROOT persons {person} <-',
    ])
  })

  it('cuts before an EVERY field that the planner nests in its domain', () => {
    expect(
      outline(
        '{ case(id: "GT:1") { participants { edges { node { person { id cases { edges { node { id } } } } } } } } }',
      ),
    ).toEqual(['0 ROOT cases {case} <-', '1 EVERY cases case.participants.edges.@.node.person{cases} <- 0'])
  })

  it('cuts at any depth, under aliases and fragments, and depends only on the fetch that makes the objects', () => {
    const source = `
      query { p: person(id: "GT:1") { all: cases { e: edges { n: node { ...C } } } sameAs { cases { edges { node { id } } } } } }
      fragment C on Case { linkedCases { status linkedCases { court } } mlaRequests { edges { node { id } } } }`
    expect(outline(source)).toEqual([
      '0 ROOT persons {p} <-',
      '1 EVERY cases p{all} <- 0',
      '2 OWNER cases p.all.e.@.n.linkedCases.@{status linkedCases} <- 1',
      '3 OWNER cases p.all.e.@.n.linkedCases.@.linkedCases.@{court} <- 2',
      '4 EVERY legal p.all.e.@.n{mlaRequests} <- 1',
      '5 EVERY cases p.sameAs.@{cases} <- 0',
    ])
  })

  it('puts root fields of one domain into one fetch and spreads each separately', () => {
    const fetches = compileForTest('{ case(id: "GT:1") { id } cases { edges { cursor } } }').fetches as SpreadFetch[]
    expect(fetches.flatMap((fetch) => fetch.fields.map((field) => field.spread?.who))).toEqual(['OWNER', 'EVERY'])
  })

  it('sends valid documents, without outcomes, with the EVERY argument and after in variables', () => {
    const compiled = compileForTest(
      'query ($n: Int) { cases(countries: [GT], first: $n, after: null) { __typename outcomes { country } edges { node { id } } } }'.replace(
        '[GT]',
        '["GT"]',
      ),
    )
    const [fetch] = compiled.fetches as SpreadFetch[]
    const sent = print(fetch?.fields[0]?.node ?? parse('{ x }'))
    expect(sent).not.toContain('outcomes')
    expect(sent).not.toContain('GT')
    expect(sent).toContain('countries: $_iCountries')
    expect(sent).toContain('after: $_iAfter0')
  })
})

describe('normalisation', () => {
  const planner = createPlanner(SUPERGRAPH_SDL, () => true)
  const compile = async (source: string, variables: Record<string, unknown> = {}): Promise<unknown> => {
    const document = parse(source)
    expect(validate(planner.apiSchema, document)).toEqual([])
    const { prepared } = await planner.prepare({ document, source, operationName: undefined, variables })
    return planner.compile(prepared, new Set())
  }

  it('renames an alias that the planner would take for a key, and restores it in the answer', () => {
    const compiled = compileForTest('{ person(id: "GT:1") { id: birthDate __typename: sex } }')
    const person = compiled.shape.onlyType?.fields[0]?.value
    const fields = person?.kind === 'object' ? person.object.onlyType?.fields : []
    expect(fields?.map(({ key, outKey }) => [key, outKey])).toEqual([
      ['_iA_id', 'id'],
      ['_iA___typename', '__typename'],
    ])
  })

  it('takes another prefix if a name of the client begins with the gateway’s prefix', () => {
    expect(compileForTest('{ _iT: person(id: "GT:1") { id } }').keys.prefix).toBe('_i1_')
  })

  it('compiles again for other values of a condition, and not for other values of other variables', async () => {
    const source = 'query ($a: Boolean!, $id: ID!) { person(id: $id) { id names @include(if: $a) { full } } }'
    const on = await compile(source, { a: true, id: 'GT:1' })
    expect(await compile(source, { a: true, id: 'HN:2' })).toBe(on)
    expect(await compile(source, { a: false, id: 'GT:1' })).not.toBe(on)
  })

  it.each([
    ['{ person(id: "GT:1") @skip(if: true) { id } }', 0],
    ['{ __typename }', 0],
    ['{ __schema { queryType { name } } }', 0],
    ['query ($s: Boolean = true) { person(id: "GT:1") @skip(if: $s) { id } caseCounts { outcomes { reach } } }', 1],
  ])('plans nothing for what is skipped or answered without subgraphs: %s', (source, fetches) => {
    expect(compileForTest(source).fetches).toHaveLength(fetches)
  })

  it('answers an object whose fields are all left out as {}', () => {
    const compiled = compileForTest('{ person(id: "GT:1") { sex @skip(if: true) } }')
    expect(compiled.fetches).toHaveLength(1)
    const person = compiled.shape.onlyType?.fields[0]?.value
    expect(person?.kind === 'object' && person.object.onlyType?.fields.map((field) => field.outKey)).toEqual([null])
  })

  it.each([
    ['query ($n: Int!) { cases(first: $n) { edges { cursor } } }', {}, 'BAD_USER_INPUT'],
    ['query ($n: Int!) { cases(first: $n) { edges { cursor } } }', { n: 'Pérez' }, 'BAD_USER_INPUT'],
    ['query A { __typename } query B { __typename }', {}, 'OPERATION_RESOLUTION_FAILURE'],
  ])('rejects %s with %o as %s', async (source, variables, code) => {
    const attempt = async (): Promise<unknown> =>
      planner.prepare({ document: parse(source), source, operationName: undefined, variables })
    await expect(attempt()).rejects.toThrow(expect.objectContaining({ code, status: 400 }))
    await expect(attempt()).rejects.not.toThrow(/Pérez/)
  })
})

describe('loading', () => {
  it('fails if no country publishes a domain that countries answer', () => {
    expect(() => createPlanner(SUPERGRAPH_SDL, (name) => name !== 'legal')).toThrow(
      /expected a country that publishes the domain legal/,
    )
  })

  it('fails at a security feature that it does not know', () => {
    const sdl = SUPERGRAPH_SDL.replace(
      'schema\n',
      'schema\n  @link(url: "https://specs.example/lock/v0.1", for: SECURITY)\n',
    )
    expect(sdl).not.toBe(SUPERGRAPH_SDL)
    expect(() => createPlanner(sdl, () => true)).toThrow(/lock\/v0\.1.*unsupported/)
  })
})
