import { readdirSync, readFileSync } from 'node:fs'
import { buildASTSchema, isEnumType, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { DOMAINS } from '../../contract/domain.ts'
import { domainSdl } from '../../contract/domain-sdl.ts'
import type { FieldType } from './mapping.ts'
import { RECORD_KINDS } from './record-kinds.ts'

const SQL = DOMAINS.flatMap((domain) => {
  const folder = new URL(`../../subgraphs/${domain}/migrations/`, import.meta.url)
  return readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
}).join('\n')

/** The columns of a table as its migration creates them, without those that the database makes itself. */
function columnsOf(table: string) {
  const body = SQL.match(new RegExp(`create table ${table.replace('.', '\\.')} \\(\\n([\\s\\S]*?)\\n\\);`))?.[1] ?? ''
  const lines = body.split(/,\n(?=\s)/).map((line) => line.replaceAll(/\s*--.*\n?/g, '').trim())
  return lines.flatMap((line) => {
    const [, name = '', rest = ''] = /^(\w+) ([\s\S]*)$/.exec(line) ?? []
    if (name === 'primary' || name === '' || /generated always/.test(rest)) return []
    const check = /check \(\w+ in\s*\(([^)]*)\)\)/.exec(rest)?.[1]
    return [{ name, isRequired: /not null|primary key/.test(rest), words: check?.match(/\w+/g) ?? null }]
  })
}

const wordsOf = (type: FieldType): readonly string[] | null => {
  if (type.kind === 'list') return wordsOf(type.of)
  return type.kind === 'enum' ? type.values : null
}

describe.each(RECORD_KINDS.map((kind) => [kind.table, kind] as const))('%s', (table, kind) => {
  const columns = columnsOf(table)
  const counted = [kind.counted, kind.derived]

  it('is filled with each column that the database does not make itself', () => {
    const filled = [
      ...new Set([
        ...kind.primaryKey,
        ...(kind.parent ? [kind.parent.column] : []),
        ...kind.fields.map(({ column }) => column),
      ]),
    ]
    expect(filled.toSorted()).toEqual(columns.map(({ name }) => name).toSorted())
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

it('each list of words is an enum of the contract', () => {
  const enums = new Set(
    DOMAINS.flatMap((domain) => {
      const schema = buildASTSchema(parse(domainSdl(domain)), { assumeValid: true, assumeValidSDL: true })
      return Object.values(schema.getTypeMap())
        .filter(isEnumType)
        .map((type) =>
          type
            .getValues()
            .map(({ name }) => name)
            .join(' '),
        )
    }),
  )
  const used = RECORD_KINDS.flatMap(({ fields }) => fields.flatMap(({ type }) => wordsOf(type)?.join(' ') ?? []))
  expect(used.filter((words) => !enums.has(words))).toEqual([])
})
