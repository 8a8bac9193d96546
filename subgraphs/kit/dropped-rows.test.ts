import fc from 'fast-check'
import { execute, parse } from 'graphql'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { casesModule } from '../cases/module.ts'
import { personsModule } from '../persons/module.ts'
import { createLoaders } from './loaders.ts'
import { buildNodeSchema } from './node-schema.ts'
import { createUnfitLog, dropRows, UnfitValue } from './row-values.ts'
import type { DomainModule, NodeContext, Reader } from './types.ts'

/** Rows as a database might hold them, over views without any check. Each table answers every statement that names it. */
type Rows = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

const PROVENANCE = { agency: 'MP', handling: ['H1'], recordedAt: '2026-01-01T00:00:00Z', synthetic: true }
const GOOD_CASE = { id: 'GT:1', _id: 'GT:1', _parent: '', _key: '', _before: false, ...PROVENANCE }

async function ask(module: DomainModule, rows: Rows, query: string) {
  const schema = buildNodeSchema(module)
  const db: Reader = {
    query: async <Row>(sql: string) =>
      (Object.entries(rows).find(([table]) => sql.includes(table))?.[1] ?? []) as Row[],
  }
  const context = { country: 'GT', db, loader: createLoaders(), notes: [] } as unknown as NodeContext
  const executed = await execute({ schema, document: parse(query), contextValue: context })
  const { data, errors, unfit, dropped } = dropRows(executed)
  expect(errors).toEqual([])
  const found = unfit.map(({ record, field }) => `${record} ${field}`)
  return { data: JSON.parse(JSON.stringify(data)) as unknown, found, dropped }
}

const offence = (iccs: string | null) => ({ _parent: 'GT:1', iccs, nationalLabel: 'x' })
const participant = (row: string, personId: string | null) => ({
  _parent: 'GT:1',
  _id: row,
  _key: '',
  _before: false,
  role: 'SUSPECT',
  personId,
})

describe('a row with a value that the contract cannot take', () => {
  it('costs only itself: an offence with a bad code', async () => {
    const rows = {
      'cases.case_file': [GOOD_CASE],
      'cases.offence': [offence('01'), offence('1'), offence(null), offence('0101')],
    }
    expect(await ask(casesModule, rows, '{ case(id: "GT:1") { id offences { iccs nationalLabel } } }')).toEqual({
      data: {
        case: {
          id: 'GT:1',
          offences: [
            { iccs: '01', nationalLabel: 'x' },
            { iccs: '0101', nationalLabel: 'x' },
          ],
        },
      },
      found: ['GT:1 Offence.iccs', 'GT:1 Offence.iccs'],
      dropped: 2,
    })
  })

  it('costs only itself: a participant whose person has no country', async () => {
    const people = [participant('r1', 'P-12'), participant('r2', 'HN:P-1'), participant('r3', null)]
    const rows = { 'cases.participant': people, 'cases.case_file': [GOOD_CASE] }
    const query =
      '{ case(id: "GT:1") { participants { edges { node { role person { id } } } pageInfo { hasNextPage } } } }'
    expect(await ask(casesModule, rows, query)).toEqual({
      data: {
        case: {
          participants: {
            edges: [
              { node: { role: 'SUSPECT', person: { id: 'HN:P-1' } } },
              { node: { role: 'SUSPECT', person: null } },
            ],
            pageInfo: { hasNextPage: false },
          },
        },
      },
      found: ['GT:1 r1 Participant.person'],
      dropped: 1,
    })
  })

  it('costs only itself: a case with a handling code that nobody knows, and one with an id of another country', async () => {
    const page = [
      { ...GOOD_CASE, id: 'GT:2', _id: 'GT:2', handling: ['H1', 'H9'] },
      GOOD_CASE,
      { ...GOOD_CASE, id: 'HN:3', _id: 'HN:3' },
    ]
    const query = '{ cases(countries: ["GT"]) { edges { node { id provenance { handling } } } } }'
    expect(await ask(casesModule, { 'cases.case_file': page }, query)).toEqual({
      data: { cases: { edges: [{ node: { id: 'GT:1', provenance: { handling: ['H1'] } } }] } },
      found: ['GT:2 Provenance.handling', 'HN:3 CaseEdge.node'],
      dropped: 2,
    })
  })

  it('costs nothing if nobody asks for the value', async () => {
    const rows = { 'cases.case_file': [{ ...GOOD_CASE, handling: ['H9'], status: 'ODD' }] }
    expect(await ask(casesModule, rows, '{ case(id: "GT:1") { id } }')).toMatchObject({ dropped: 0, found: [] })
  })

  it('costs the record if no list is around it, and the others of a batch keep their places', async () => {
    const rows = { 'cases.case_file': [GOOD_CASE, { ...GOOD_CASE, id: 'GT:2', _id: 'GT:2', status: 'ODD' }] }
    expect(await ask(casesModule, rows, '{ case(id: "GT:2") { id status } }')).toMatchObject({
      data: { case: null },
      dropped: 1,
    })
    const batch = `{ b: _entities(representations: [{ __typename: "Case", id: "GT:2" }, { __typename: "Case", id: "GT:1" }])
      { ... on Case { id status } } }`
    expect(await ask(casesModule, rows, batch)).toMatchObject({
      data: { b: [null, { id: 'GT:1', status: null }] },
      dropped: 1,
    })
  })

  it('costs the item of an optional list, and the row of a list that it must have', async () => {
    const person = { ...GOOD_CASE, nationalities: ['GT', 'XX9', 'HN'] }
    const rows = {
      'persons.person_name': [
        { _parent: 'GT:1', category: 'LEGAL', full: null },
        { _parent: 'GT:1', category: 'LEGAL', full: 'Ana' },
      ],
      'persons.person person': [person],
    }
    expect(await ask(personsModule, rows, '{ person(id: "GT:1") { nationalities names { full } } }')).toEqual({
      data: { person: { nationalities: ['GT', 'HN'], names: [{ full: 'Ana' }] } },
      found: ['GT:1 Person.nationalities', 'GT:1 PersonName.full'],
      dropped: 2,
    })
  })

  it('is the only row that is lost, whichever rows are bad', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 20 }), async (bad) => {
        const page = bad.map((isBad, i) => ({
          ...GOOD_CASE,
          id: `GT:${i}`,
          _id: `GT:${i}`,
          category: isBad ? 'ODD' : 'COURT',
        }))
        const query = '{ cases(countries: ["GT"]) { edges { node { id category } } } }'
        const { data, dropped } = await ask(casesModule, { 'cases.case_file': page }, query)
        const good = page.filter(({ category }) => category === 'COURT')
        expect(data).toEqual({ cases: { edges: good.map(({ id, category }) => ({ node: { id, category } })) } })
        expect(dropped).toBe(page.length - good.length)
      }),
    )
  })
})

describe('dropRows', () => {
  it('moves the paths of other errors to where the items are then', async () => {
    const schema = buildNodeSchema({
      ...casesModule,
      resolvers: {
        ...casesModule.resolvers,
        Offence: {
          statute: (row: { readonly iccs: string }) => {
            if (row.iccs === '03') throw new Error('inside')
            return null
          },
        },
      } as DomainModule['resolvers'],
    })
    const rows: Rows = {
      'cases.case_file': [GOOD_CASE],
      'cases.offence': [offence('1'), offence('02'), offence('2'), offence('03')],
    }
    const db = {
      query: async (sql: string) => rows[sql.includes('cases.offence') ? 'cases.offence' : 'cases.case_file'] ?? [],
    }
    const contextValue = { country: 'GT', db, loader: createLoaders(), notes: [] }
    const document = parse('{ case(id: "GT:1") { offences { iccs statute { id } } } }')
    const { data, errors, dropped } = dropRows(await execute({ schema, document, contextValue }))
    expect(data).toMatchObject({ case: { offences: [{ iccs: '02' }, { iccs: '03', statute: null }] } })
    expect(errors.map(({ path }) => path)).toEqual([['case', 'offences', 1, 'statute']])
    expect(dropped).toBe(2)
  })
})

describe('the log of values that do not fit', () => {
  it('names record, field and reason at a bounded rate, and counts what it did not write', () => {
    const lines: Record<string, unknown>[] = []
    let time = 0
    const write = createUnfitLog(pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) }), () => time)
    for (let i = 0; i < 1_000; i++) write(new UnfitValue(`GT:${i}`, 'Offence.iccs', 'expected a code'))
    expect(lines).toHaveLength(20)
    expect(lines[0]).toMatchObject({ record: 'GT:0', field: 'Offence.iccs', reason: 'expected a code' })
    time += 3_000
    write(new UnfitValue('GT:late', 'Offence.iccs', 'expected a code'))
    expect(lines.at(-1)).toMatchObject({ record: 'GT:late', unwritten: 980 })
    expect(lines).toHaveLength(21)
  })
})
