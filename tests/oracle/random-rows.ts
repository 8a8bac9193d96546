import { createHash } from 'node:crypto'
import {
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isListType,
  isNonNullType,
} from 'graphql'
import type { Reader } from '../../subgraphs/kit/types.ts'

/** For tests: rows as a database without any check might hold them. The same statement about the same records always has the same rows. */

/** Which type's fields the rows of a table answer. */
const TYPES: Readonly<Record<string, string>> = {
  'cases.offence': 'Offence',
  'cases.linked_case': 'Case',
  'cases.participant': 'Participant',
  'cases.warrant': 'Warrant',
  'cases.case_file': 'Case',
  'persons.person_name': 'PersonName',
  'persons.identifier': 'Identification',
  'persons.address': 'Address',
  'persons.membership': 'GroupMembership',
  'persons.same_as': 'Person',
  'persons.associate': 'Associate',
  'persons.person': 'Person',
  'legal.statute': 'Statute',
  'legal.mla_request': 'MutualLegalAssistanceRequest',
}

/** Values that fit, by the names of scalars. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  ID: ['GT:1', 'GT:2', 'HN:1'],
  String: ['', 'Núñez "x"\\ \u2028', 'abc'],
  Int: [0, 7],
  Boolean: [true, false],
  CountryCode: ['GT', 'HN'],
  Date: ['2024-02-29'],
  DateTime: ['2026-01-02T03:04:05Z'],
  IccsCode: ['01', '0211'],
}

/** Values that fit few types or none. */
const ODD: readonly unknown[] = [
  null,
  undefined,
  '',
  'odd',
  3.5,
  Number.NaN,
  true,
  [null],
  ['odd'],
  {},
  'HN:9',
  () => 'called',
]

/**
 * Makes a reader over such rows.
 * @param seed another seed gives other rows.
 * @param spoiled how many of a thousand values are odd.
 * @param statements gets the text of each statement.
 */
export function readRandomRows(schema: GraphQLSchema, seed: number, spoiled: number, statements: string[]): Reader {
  return {
    async query<Row>(sql: string, params: readonly unknown[] = []) {
      statements.push(sql)
      const table = /from \(?[^a-z]*(?:select .*? from )?((?:cases|persons|legal)\.\w+)/s.exec(sql)?.[1] ?? ''
      const type = schema.getType(TYPES[table] ?? '') as GraphQLObjectType | undefined
      const paged = /unnest\(\$(\d+)/.exec(sql)?.[1]
      const ids = (paged === undefined ? params.find(Array.isArray) : params[Number(paged) - 1]) as readonly string[]
      if (type === undefined || ids === undefined) return []
      const isList = sql.includes('"_parent"')
      return ids.flatMap((id): object[] => {
        const draw = createDraw(`${seed} ${table} ${id}`)
        const count = isList ? draw(4) : Math.min(draw(10), 1)
        if (count === 0 && paged !== undefined) return [{ _parent: id, _before: false, _key: null, _id: null }]
        return Array.from({ length: count }, (_, at) => ({
          ...randomRow(type, draw, spoiled),
          ...{ _parent: id, _before: draw(2) === 0, _key: '', _id: isList ? `row ${at}` : id },
          ...(!isList && draw(1_000) >= spoiled && { id }),
        }))
      }) as Row[]
    },
  }
}

type Draw = (below: number) => number

/** Returns a function that draws whole numbers, the same ones for the same seed. */
function createDraw(seed: string): Draw {
  let state = createHash('sha256').update(seed).digest().readUInt32LE()
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function randomRow(type: GraphQLObjectType, draw: Draw, spoiled: number): Record<string, unknown> {
  const row: Record<string, unknown> = {
    ...{ agency: 'MP', handling: ['H1'], recordedAt: '2026-01-01T00:00:00Z', synthetic: true },
    ...{ statuteId: 'GT:S-1', subjectId: 'GT:1', personId: draw(2) === 0 ? null : 'HN:P-1', associateId: 'GT:3' },
  }
  for (const field of Object.values(type.getFields())) {
    const named = getNamedType(field.type)
    const fitting = isEnumType(named) ? named.getValues().map(({ value }) => value) : VALUES[named.name]
    if (fitting === undefined) continue
    const one = (): unknown => fitting[draw(field.name === 'id' ? 2 : fitting.length)]
    const isOptional = !isNonNullType(field.type)
    const isList = isListType(isNonNullType(field.type) ? field.type.ofType : field.type)
    const isId = field.name === 'id'
    // One odd value is enough for an answer: with many, a fault in one way to end a plan would not be seen.
    if (draw(1_000) < (isId ? 4 * spoiled : spoiled)) row[field.name] = ODD[draw(ODD.length)]
    else if (isOptional && draw(4) === 0) row[field.name] = null
    else row[field.name] = isList ? Array.from({ length: draw(3) }, one) : one()
  }
  return row
}
