import { readdirSync, readFileSync } from 'node:fs'
import {
  buildASTSchema,
  type GraphQLField,
  getNamedType,
  getNullableType,
  isEnumType,
  isLeafType,
  isListType,
  isObjectType,
  parse,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { DOMAINS } from '../domain.ts'
import { domainSdl } from '../domain-sdl.ts'
import type { FieldType } from './record-kind.ts'
import { columnsOf, FIELDS, RECORD_KINDS } from './records.ts'

const SQL = DOMAINS.flatMap((domain) => {
  const folder = new URL(`../../subgraphs/${domain}/migrations/`, import.meta.url)
  return readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
}).join('\n')

/** The columns of a table as migrations create and add them, without those that the database makes itself. */
function readColumns(table: string) {
  const name = table.replace('.', '\\.')
  const body = SQL.match(new RegExp(`create table ${name} \\(\\n([\\s\\S]*?)\\n\\);`))?.[1] ?? ''
  const added = [...SQL.matchAll(new RegExp(`alter table ${name}\\s+add column ([^;]*);`, 'g'))].flatMap(
    ([, list = '']) => list.split(/,\s+add column /),
  )
  const lines = body.split(/,\n(?=\s)/).map((line) => line.replaceAll(/\s*--.*\n?/g, '').trim())
  return [...lines, ...added].flatMap((line) => {
    const [, column = '', rest = ''] = /^(\w+) ([\s\S]*)$/.exec(line) ?? []
    if (column === 'primary' || column === '' || /generated always/.test(rest)) return []
    // A later migration may replace the words.
    const replaced = SQL.match(
      new RegExp(`alter table ${name} add constraint \\w+\\s+check \\(${column} in\\s*\\(([^)]*)\\)\\)`),
    )
    const check = replaced?.[1] ?? /check \(\w+ in\s*\(([^)]*)\)\)/.exec(rest)?.[1]
    return [{ name: column, isRequired: /not null|primary key/.test(rest), words: check?.match(/\w+/g) ?? null }]
  })
}

const wordsOf = (type: FieldType): readonly string[] | null => {
  if (type.kind === 'list') return wordsOf(type.of)
  return type.kind === 'enum' ? type.values : null
}

describe.each(RECORD_KINDS.map((kind) => [kind.table, kind] as const))('%s', (table, kind) => {
  const columns = readColumns(table)
  const counted = [kind.counted, kind.derived]

  it('is filled with each column that the database does not make itself', () => {
    const written = columns.map(({ name }) => name).filter((name) => name !== kind.changes)
    expect(columnsOf(kind).toSorted()).toEqual(written.toSorted())
  })

  it('requires what the database requires, and knows the same words', () => {
    for (const { key, column, isRequired, type } of kind.fields) {
      const found = columns.find(({ name }) => name === column)
      const isNeeded = (found?.isRequired === true || kind.primaryKey.includes(column)) && !counted.includes(column)
      expect([key, isRequired === true]).toEqual([key, isNeeded])
      if (type.kind === 'enum') expect([key, type.values]).toEqual([key, found?.words])
    }
  })

  it('has each key and each column once', () => {
    for (const names of [kind.fields.map(({ key }) => key), kind.fields.map(({ column }) => column)]) {
      expect(new Set(names).size).toBe(names.length)
    }
  })
})

/** The object types of the contract that rows become, each as the domain that holds its rows publishes it. */
const TYPES = new Map(
  RECORD_KINDS.flatMap(({ type, table }) => {
    if (type === undefined) return []
    const domain = DOMAINS.find((one) => table.startsWith(`${one}.`)) ?? 'cases'
    const schema = buildASTSchema(parse(domainSdl(domain)), { assumeValid: true, assumeValidSDL: true })
    return [type, 'Provenance'].map((name) => [name, schema.getType(name)] as const)
  }),
)

/** The contract's type for each type of a column; null for one that has names of its own. */
const SCALARS: Readonly<Record<FieldType['kind'], string | null>> = {
  text: 'String',
  date: 'Date',
  moment: 'DateTime',
  boolean: 'Boolean',
  whole: 'Int',
  id: 'ID',
  reference: null,
  rowId: null,
  country: 'CountryCode',
  subdivision: 'String',
  iccs: 'IccsCode',
  enum: null,
  list: null,
}

function fieldsOfType(name: string): Readonly<Record<string, GraphQLField<unknown, unknown>>> {
  const type = TYPES.get(name)
  return isObjectType(type) ? type.getFields() : {}
}

describe.each([...FIELDS])('%s', (coordinate, { type }) => {
  const [typeName = '', fieldName = ''] = coordinate.split('.')
  const field = fieldsOfType(typeName)[fieldName]

  it('is a field of the contract, of the type that the column has', () => {
    const item = type.kind === 'list' ? type.of : type
    const named = field && getNamedType(field.type)
    if (isEnumType(named))
      expect([item.kind, wordsOf(item)]).toEqual(['enum', named.getValues().map(({ name }) => name)])
    else expect(named?.name ?? 'no such field').toBe(SCALARS[item.kind] ?? named?.name)
    expect(field && isListType(getNullableType(field.type))).toBe(type.kind === 'list')
  })
})

it('each scalar of a record’s type is the field of a column, but for those that the node works out', () => {
  const plain = [...TYPES.keys()].flatMap((name) =>
    Object.values(fieldsOfType(name))
      .filter((field) => isLeafType(getNamedType(field.type)))
      .map((field) => `${name}.${field.name}`),
  )
  const own = ['Case.country', 'Warrant.country', 'Person.country', 'Statute.country']
  const known = [...own, 'MutualLegalAssistanceRequest.country', 'Provenance.originator', 'Statute.untocSeriousCrime']
  expect(plain.filter((coordinate) => !FIELDS.has(coordinate)).toSorted()).toEqual(known.toSorted())
})
