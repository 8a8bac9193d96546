import { describe, expect, it } from 'vitest'
import { encodeCursor, type Place } from '../../contract/cursor.ts'
import { compileForTest } from '../plan/testing.ts'
import type { SpreadFetch } from '../types/operation.ts'
import type { FieldShape } from '../types/shape.ts'
import { checkPart, type Part } from './check-answer.ts'
import type { PartContext } from './check-record.ts'
import { errorTree } from './error-tree.ts'
import { AnswerRejected } from './findings.ts'
import { createForeignIds } from './foreign-ids.ts'

const SOURCE = `{
  cases(first: 2) {
    edges { node { id country status provenance { originator agency handling recordedAt synthetic } offences { iccs nationalLabel } linkedCases { id } } }
    again: edges { cursor }
  }
}`
const [fetch] = compileForTest(SOURCE).fetches as SpreadFetch[]
const [top] = fetch?.fields ?? []

type Json = Record<string, unknown>

function edge(id: string, change: Json = {}): Json {
  const node = {
    _iT: 'Case',
    _iId: id,
    id,
    country: 'HN',
    status: 'OPEN',
    provenance: null,
    offences: [{ iccs: '0101', nationalLabel: 'Homicidio' }],
    linkedCases: [{ _iT: 'Case', _iId: 'GT:9', id: 'GT:9' }],
    ...change,
  }
  return { _iC: cursor(id), node }
}

function cursor(id: string, order = 'FILED_ON_DESC'): string {
  return encodeCursor({ order, key: '~', id })
}

function connection(edges: readonly Json[], change: Json = {}): Json {
  const again = edges.map((item) => ({ cursor: item._iC }))
  return { edges, again, _iP: { _in: false, _ib: false }, ...change }
}

function complete(
  raw: unknown,
  errors: readonly { path: (string | number)[]; extensions?: object }[] = [],
  after: Place | null = null,
  takesForeignId: (id: string) => boolean = () => true,
): Part {
  if (!top || !fetch) throw new Error('expected a fetch')
  return checkPart(top.shape, raw, errorTree(errors)?.child('cases'), {
    country: 'HN',
    keys: fetch.keys,
    takesForeignId,
    pageOf: (field) => (field.page ? { order: 'FILED_ON_DESC', first: 2, after } : null),
  })
}

function ids(part: Part): unknown[] {
  return (part.value as { edges: { node: { id: string } }[] }).edges.map((item) => item.node.id)
}

describe('a country’s part', () => {
  it('is read completely, without keys that the leg did not ask for', () => {
    const part = complete({ ...connection([edge('HN:1', { secret: 'x', __proto__: { a: 1 } })]), extra: 1 })
    expect(part).toMatchObject({ issues: [], rowsDropped: 0 })
    expect(JSON.stringify(part.value)).not.toMatch(/secret|extra/)
  })

  it('loses a row whose required value is null, under each alias of edges, and reports it', () => {
    const broken = edge('HN:2', { provenance: { originator: 'HN', agency: null } })
    const part = complete(connection([edge('HN:1'), broken]))
    expect(ids(part)).toEqual(['HN:1', 'HN:2'])
    expect(part.issues.map((issue) => issue.coordinate)).toEqual(['Provenance.agency'])
    const withDrop = complete(connection([edge('HN:1'), { ...edge('HN:2'), node: null }]))
    expect(ids(withDrop)).toEqual(['HN:1'])
    expect((withDrop.value as { again: unknown[] }).again).toHaveLength(1)
    expect(withDrop).toMatchObject({
      rowsDropped: 1,
      issues: [{ code: 'ROWS_DROPPED', coordinate: 'CaseEdge.node', path: ['edges'], count: 1 }],
    })
  })

  it.each([
    ['a malformed id', { _iId: 'P-12', id: 'P-12' }],
    ['no id', { _iId: undefined, id: undefined }],
    ['an id that is not a text', { _iId: 12, id: 12 }],
  ])('loses only the row that has %s, and says so', (_, change) => {
    const bad = edge('HN:2', change)
    const id = (bad.node as Json)._iId
    const part = complete(connection([edge('HN:1'), typeof id === 'string' ? { ...bad, _iC: cursor(id) } : bad]))
    expect(ids(part)).toEqual(['HN:1'])
    expect(part.rowsDropped).toBeGreaterThan(0)
    expect(part.issues).toEqual([{ code: 'ROWS_DROPPED', coordinate: 'CaseEdge.node', path: ['edges'], count: 1 }])
  })

  it('loses only the linked record that has a malformed id', () => {
    const linkedCases = ['P-12', 'GT:9'].map((id) => ({ _iT: 'Case', _iId: id, id }))
    const part = complete(connection([edge('HN:1', { linkedCases })]))
    expect(JSON.stringify(part.value)).toContain('"linkedCases":[{"_iT":"Case","_iId":"GT:9","id":"GT:9"}]')
    expect(part.rowsDropped).toBeGreaterThan(0)
  })

  it('loses the records of other countries that are too many, and says how it was cut', () => {
    const takesForeignId = createForeignIds(2)
    const linkedCases = ['GT:1', 'GT:2', 'GT:3', 'HN:7', 'GT:1'].map((id) => ({ _iT: 'Case', _iId: id, id }))
    const part = complete(connection([edge('HN:1', { linkedCases })]), [], null, (id) => takesForeignId('HN', id))
    const [first] = (part.value as { edges: { node: { linkedCases: { id: string }[] } }[] }).edges
    expect(first?.node.linkedCases.map(({ id }) => id)).toEqual(['GT:1', 'GT:2', 'HN:7', 'GT:1'])
    expect(part.rowsDropped).toBeGreaterThan(0)
    expect(part.issues).toMatchObject([{ code: 'ROWS_DROPPED', coordinate: 'Case.linkedCases' }])
  })

  it('has one issue for all rows of a list that lack the same value, however many they are', () => {
    const offences = Array.from({ length: 5_000 }, () => ({}))
    const part = complete(connection([edge('HN:1', { offences })]))
    const path = ['edges', 0, 'node', 'offences']
    expect(part.issues).toEqual([{ code: 'ROWS_DROPPED', coordinate: 'Offence.iccs', path, count: 5_000 }])
    expect(part.rowsDropped).toBe(5_000)
  })

  it('has not many more issues than an answer reports, and says that there are more', () => {
    const linkedCases = Array.from({ length: 500 }, (_, i) => ({ _iT: 'Case', _iId: `GT:${i}`, id: `GT:${i}` }))
    const offences = Array.from({ length: 500 }, () => ({ iccs: '01', nationalLabel: 'x' }))
    const fits = complete(connection([edge('HN:1', { linkedCases, offences })]))
    expect([fits.issues.length, fits.isCut]).toEqual([0, false])
    const tooMany = [1, 2].map((n) => edge(`HN:${n}`, { status: {}, offences: {}, linkedCases: {}, provenance: 7 }))
    expect(complete(connection(tooMany))).toMatchObject({ issues: { length: 8 }, isCut: false })
  })

  it('loses a list item whose required value is null, but not the list', () => {
    const part = complete(
      connection([
        edge('HN:1', {
          offences: [
            { iccs: null, nationalLabel: 'a' },
            { iccs: '02', nationalLabel: 'b' },
          ],
        }),
      ]),
    )
    expect(part).toMatchObject({ rowsDropped: 1 })
    expect(JSON.stringify(part.value)).toContain('"offences":[{"iccs":"02","nationalLabel":"b"}]')
  })

  it.each([
    ['a string in place of a list', { offences: 'x' }, 'Case.offences'],
    ['an object in place of an enum', { status: {} }, 'Case.status'],
    ['a string that is not a value of the enum', { status: 'LOST' }, 'Case.status'],
    ['a list in place of an object', { provenance: [] }, 'Case.provenance'],
  ])('has null and an issue for %s', (_, change, coordinate) => {
    const part = complete(connection([edge('HN:1', change)]))
    expect(ids(part)).toEqual(['HN:1'])
    expect(part.issues).toMatchObject([{ code: 'BAD_ANSWER', coordinate }])
  })

  it('has an issue for a null with an error of the country, and none for a null without an error', () => {
    const raw = connection([edge('HN:1', { status: null })])
    expect(complete(raw).issues).toEqual([])
    expect(complete(raw, [{ path: ['cases', 'edges', 0, 'node', 'status'] }]).issues).toMatchObject([
      { coordinate: 'Case.status', path: ['edges', 0, 'node', 'status'] },
    ])
  })

  it('is null if it is not a connection', () => {
    for (const raw of [null, undefined, 'x', 7, []]) expect(complete(raw).value).toBeNull()
  })
})

describe('an answer is rejected', () => {
  it.each([
    ['BAD_ANSWER', 'for two ids of one record', [edge('HN:1', { id: 'HN:2' })]],
    ['FOREIGN_RECORD', 'for a record of another country', [edge('GT:1')]],
    ['FOREIGN_RECORD', 'for another country in `country`', [edge('HN:1', { country: 'GT' })]],
    [
      'FOREIGN_RECORD',
      'for another originator',
      [
        edge('HN:1', {
          provenance: {
            originator: 'GT',
            agency: 'a',
            handling: [],
            recordedAt: '2026-01-01T00:00:00Z',
            synthetic: true,
          },
        }),
      ],
    ],
    ['BAD_ANSWER', 'for another type', [edge('HN:1', { _iT: 'Person' })]],
    ['BAD_ANSWER', 'for edges that descend', [edge('HN:2'), edge('HN:1')]],
    ['BAD_ANSWER', 'for one edge twice', [edge('HN:1'), edge('HN:1')]],
    ['BAD_ANSWER', 'for more edges than requested', [edge('HN:1'), edge('HN:2'), edge('HN:3')]],
    ['BAD_ANSWER', 'for a cursor of another record', [{ ...edge('HN:1'), _iC: cursor('HN:7') }]],
    ['BAD_ANSWER', 'for a cursor of another order', [{ ...edge('HN:1'), _iC: cursor('HN:1', 'ID_ASC') }]],
    ['BAD_ANSWER', 'for no cursor', [{ ...edge('HN:1'), _iC: null }]],
    ['BAD_ANSWER', 'for an edge that is null', [null as unknown as Json]],
  ] as const)('as %s %s', (code, _, edges) => {
    const raw = { edges, again: edges.map(() => ({ cursor: 'x' })), _iP: { _in: false, _ib: false } }
    expect(() => complete(raw)).toThrow(AnswerRejected)
    expect(() => complete(raw)).toThrow(expect.objectContaining({ code }))
  })

  it('as BAD_ANSWER for aliases of edges that differ in length', () => {
    expect(() => complete(connection([edge('HN:1')], { again: [] }))).toThrow(
      expect.objectContaining({ code: 'BAD_ANSWER' }),
    )
  })

  it('but not for records of another country below a @crossBorder field', () => {
    expect(ids(complete(connection([edge('HN:1')])))).toEqual(['HN:1'])
  })
})

describe('the place of each row', () => {
  const placesOf = (part: Part) => {
    const { _c: end, edges } = part.value as { _c: unknown; edges: readonly { _iC: unknown; _c?: unknown }[] }
    return { end, edges }
  }

  it('is at the row, and the end of the page is that of the last row, even of a dropped one', () => {
    const part = complete(connection([{ ...edge('HN:1'), node: null }, edge('HN:2')]))
    const text = JSON.stringify(placesOf(part).edges)
    expect(ids(part)).toEqual(['HN:2'])
    expect(text).toContain('{"key":"~","id":"HN:2"}')
    expect(text).not.toContain('{"key":"~","id":"HN:1"}')
    const last = complete(connection([edge('HN:1'), { ...edge('HN:2'), node: null }]))
    expect(Object.values(last.value as object)).toContainEqual({ key: '~', id: 'HN:2' })
    expect(Object.values(complete(connection([])).value as object)).toContain(null)
  })

  it.each(['HN:1', 'HN:2'])('is beyond the requested cursor, so an edge at %s is rejected after HN:2', (id) => {
    expect(() => complete(connection([edge(id)]), [], { key: '~', id: 'HN:2' })).toThrow(
      'Query.cases has edges that do not ascend beyond the requested cursor',
    )
  })

  it('may be anywhere beyond the requested cursor', () => {
    expect(ids(complete(connection([edge('HN:3')]), [], { key: '~', id: 'HN:2' }))).toEqual(['HN:3'])
  })

  it('is of one country', () => {
    const silent = encodeCursor({ order: 'FILED_ON_DESC', key: '~', id: 'HN:1', silent: { GT: 0 } })
    expect(() => complete(connection([{ ...edge('HN:1'), _iC: silent }]))).toThrow('a cursor of several countries')
  })
})

describe('a page', () => {
  it('of one row ends at this row', () => {
    const { value } = complete(connection([edge('HN:1')]))
    expect(Object.values(value as object)).toContainEqual({ key: '~', id: 'HN:1' })
  })

  it('that the leg did not ask for may have any number of rows and any order', () => {
    const edges = ['HN:1', 'HN:2', 'HN:3'].map((id) => ({ ...edge(id), _iC: cursor(id, 'ID_ASC') }))
    if (!top || !fetch) throw new Error('expected a fetch')
    const context: PartContext = { country: 'HN', keys: fetch.keys, pageOf: () => null }
    expect(ids(checkPart(top.shape, connection(edges), undefined, context))).toEqual(['HN:1', 'HN:2', 'HN:3'])
  })

  it('has no node to compare with its cursors if the leg asked for none', () => {
    const type = top?.shape.value.kind === 'object' ? top.shape.value.object.onlyType : null
    if (!top || !fetch || !type?.connection) throw new Error('expected a connection')
    const onlyType = { ...type, connection: { ...type.connection, gatewayNode: null } }
    const value = { kind: 'object', nonNull: false, object: { typenameKeys: [], onlyType } }
    const context: PartContext = { country: 'HN', keys: fetch.keys, pageOf: () => null }
    const raw = connection([{ ...edge('HN:1'), null: { _iId: 'HN:7' } }])
    expect(ids(checkPart({ ...top.shape, value } as unknown as FieldShape, raw, undefined, context))).toEqual(['HN:1'])
  })
})

describe('an object whose type is decided at runtime', () => {
  const leaf = { kind: 'leaf', nonNull: false, accepts: () => true, isId: false, typeName: null }
  const typeOf = (typeName: string, key: string) => {
    const fields = [{ key, coordinate: `${typeName}.${key}`, value: leaf }]
    return [typeName, { typeName, record: false, connection: null, fields }] as const
  }
  const object = {
    typeName: 'Pet',
    onlyType: null,
    types: new Map([typeOf('Cat', 'lives'), typeOf('Dog', 'tricks')]),
    typenameKeys: ['_iT', 'type'],
  }
  const field = { coordinate: 'Query.pet', value: { kind: 'object', nonNull: false, object } } as unknown as FieldShape
  const read = (raw: unknown) =>
    checkPart(field, raw, undefined, {
      country: 'HN',
      keys: { prefix: '_i', typename: '_iT', id: '_iId' },
      pageOf: () => null,
    }).value

  it.each([
    ['Cat', { lives: 9 }],
    ['Dog', { tricks: 2 }],
  ])('has the fields of its type: %s', (name, expected) => {
    expect(read({ _iT: name, type: name, lives: 9, tricks: 2 })).toEqual(expected)
  })

  it.each<[string, unknown, unknown]>([
    ['two names', 'Cat', 'Dog'],
    ['two names in the other order', 'Dog', 'Cat'],
    ['the name of a type that the leg did not ask for', 'Bird', 'Bird'],
    ['only one of two names', 'Cat', undefined],
    ['no name', undefined, undefined],
  ])('is rejected if it has %s', (_, first, second) => {
    const reject = () => read({ _iT: first, type: second, lives: 9 })
    expect(reject).toThrow('Query.pet has an object of a type that the leg did not ask for')
  })
})

describe('the reason for a rejection names the coordinate', () => {
  it.each<[string, readonly Json[], Json]>([
    ['Case.country is not the answering country', [edge('HN:1', { country: 'GT' })], {}],
    ['CaseEdge.node has an object of a type that the leg did not ask for', [edge('HN:1', { _iT: 'Person' })], {}],
    ['CaseEdge.node has two ids', [edge('HN:1', { id: 'HN:2' })], {}],
    ['CaseEdge.node has a record of another country', [edge('GT:1')], {}],
    ['Query.cases has lists of edges that differ', [edge('HN:1')], { again: [] }],
    ['Query.cases has lists of edges that differ', [edge('HN:1')], { again: null }],
    ['Query.cases has 3 edges; expected at most 2', [edge('HN:1'), edge('HN:2'), edge('HN:3')], {}],
    ['Query.cases has a cursor of another record', [{ ...edge('HN:1'), _iC: cursor('HN:7') }], {}],
    ['Query.cases has an edge without a cursor', [{ ...edge('HN:1'), _iC: null }], {}],
  ])('%s', (reason, edges, change) => {
    expect(() => complete(connection(edges, change))).toThrow(reason)
  })

  it('Query.cases has no list of edges', () => {
    const raw = { ...connection([]), edges: { length: 0 } }
    expect(() => complete(raw)).toThrow(expect.objectContaining({ name: 'AnswerRejected', code: 'BAD_ANSWER' }))
    expect(() => complete(raw)).toThrow('Query.cases has no list of edges')
  })
})

describe('a null of a country', () => {
  it.each([
    ['FORBIDDEN', 'REFUSED_BY_NODE'],
    ['INTERNAL', 'BAD_ANSWER'],
  ])('with an error of the code %s is an issue of the code %s', (code, expected) => {
    const errors = [{ path: ['cases', 'edges', 0, 'node', 'status'], extensions: { code } }]
    expect(complete(connection([edge('HN:1', { status: null })]), errors).issues).toMatchObject([{ code: expected }])
  })

  it.each([null, undefined])('does not name the answering country, and is accepted: %s', (country) => {
    expect(ids(complete(connection([edge('HN:1', { country })])))).toHaveLength(1)
  })

  it('that is missing is null, without an issue', () => {
    const part = complete(connection([edge('HN:1', { status: undefined })]))
    expect(part.issues).toEqual([])
    expect(JSON.stringify(part.value)).toContain('"status":null')
  })

  it('makes the part null if the field requires a value', () => {
    const value = { kind: 'leaf', nonNull: true, accepts: () => true, isId: false, typeName: null } as const
    const field = { coordinate: 'Query.name', value } as unknown as FieldShape
    const context: PartContext = {
      country: 'HN',
      keys: { prefix: '_i', typename: '_iT', id: '_iId' },
      pageOf: () => null,
    }
    for (const raw of [null, undefined]) {
      expect(checkPart(field, raw, undefined, context)).toMatchObject({ value: null, issues: [{ path: [] }] })
      const nullable = { ...field, value: { ...value, nonNull: false } }
      expect(checkPart(nullable, raw, undefined, context)).toEqual({
        value: null,
        issues: [],
        isCut: false,
        rowsDropped: 0,
      })
    }
  })

  it('at a required value of a connection makes the connection null', () => {
    expect(complete(connection([edge('HN:1')], { _iP: null })).value).toBeNull()
  })

  it('in place of a row drops the row, also if it is missing', () => {
    expect(ids(complete(connection([edge('HN:1'), { _iC: cursor('HN:2') }])))).toEqual(['HN:1'])
  })
})
