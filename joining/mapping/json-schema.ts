/**
 * The JSON Schema of mapping files, for editors: draft 7, which they understand. It is made from the tables that the parser follows, and is not stricter
 * than the parser. `npm run generate` writes it to mapping.schema.json.
 */
import {
  type FieldSpec,
  type FieldType,
  type RecordKind,
  SHARED_PROVENANCE,
} from '../../contract/records/record-kind.ts'
import { childrenOf, RECORD_KINDS } from '../../contract/records/records.ts'
import { TOP_KINDS } from './parse-mapping.ts'
import { COVERAGE_KEYS } from './read-coverage.ts'
import { RULE_KEYS, takesKey } from './rule-keys.ts'

/** A JSON Schema. */
type Schema = Readonly<Record<string, unknown>>

const TEXT: Schema = { type: 'string', minLength: 1 }
/** Plain numbers in YAML are texts too: `1: OPEN`. */
const SCALAR: Schema = { type: ['string', 'number', 'boolean', 'null'] }
const TABLE = (value: Schema): Schema => ({ type: 'object', additionalProperties: value })

/** The schemas of the keys of a rule that do not depend on the type of the field. */
const KEY_SCHEMAS: Readonly<Record<string, Schema>> = {
  column: TEXT,
  columns: { type: 'array', items: TEXT, minItems: 1, uniqueItems: true },
  template: { type: 'string', pattern: '\\{' },
  join: { type: 'string' },
  pattern: { type: 'string', pattern: '\\(\\?<' },
  take: TEXT,
  replace: TABLE({ type: ['string', 'number'] }),
  split: { type: 'string' },
  crosswalk: TEXT,
  fold: { type: 'boolean' },
  countries: orList({ enum: ['en', 'es', 'alpha-3'] }),
  format: TEXT,
  day: { enum: ['first', 'last'] },
  yearsFrom: { type: 'integer', minimum: 1, maximum: 9_900 },
  decimal: { enum: ['.', ','] },
  thousands: { type: 'string' },
  times: { type: 'integer', minimum: 1, maximum: 1_000_000 },
  missing: { enum: ['refuse', 'keep', null] },
}

const CSV: Schema = object({
  file: described(TEXT, 'the file, relative to the folder of the mapping'),
  encoding: described(TEXT, 'such as utf-8, windows-1252, utf-16le'),
  delimiter: described({ type: 'string' }, 'one character; a comma without it'),
  quote: described({ type: ['string', 'null'] }, 'one character; null for a file without quotes'),
})

/** Makes the schema. */
export function makeMappingSchema(): Schema {
  const sections = TOP_KINDS.map((kind) => [kind.key, sectionReference(kind)] as const)
  const types = [...RECORD_KINDS.flatMap(({ fields }) => fields.map(({ type }) => type)), { kind: 'id' } as const]
  const definitions = [
    ...RULE_KEYS.flatMap(({ key, meaning }) => {
      const schema = KEY_SCHEMAS[key]
      return schema === undefined ? [] : [[`key-${key}`, described(schema, meaning)]]
    }),
    ...types.map((type) => [nameOfType(type), ruleSchema(type)]),
    ...RECORD_KINDS.map((kind) => [`section-${kind.name}`, sectionSchema(kind)]),
  ]
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'A mapping of Istmo',
    ...object(
      {
        country: described(TEXT, 'your code of ISO 3166-1 alpha-2'),
        zone: described(TEXT, 'the time zone of times that say none, such as America/Managua'),
        source: described(
          object({
            sql: described(TEXT, 'the address of the database'),
            passwordFile: described(TEXT, 'a file with its password'),
            csv: CSV,
          }),
          'where the rows come from',
        ),
        provenance: described(
          object(fieldSchemas(SHARED_PROVENANCE)),
          'what holds for all sections that do not say it themselves',
        ),
        coverage: described(
          object(Object.fromEntries(Object.keys(COVERAGE_KEYS).map((key) => [key, { type: 'array', items: SCALAR }]))),
          'what your law is complete for',
        ),
        ...Object.fromEntries(sections),
      },
      ['country', 'source'],
    ),
    definitions: Object.fromEntries(definitions),
  }
}

function sectionSchema(kind: RecordKind): Schema {
  const tie =
    kind.parent === undefined
      ? {}
      : {
          [kind.parent.key]: described(
            reference(nameOfType({ kind: 'id' })),
            'the column with the id of the record above',
          ),
        }
  const children = childrenOf(kind.name).map((child) => [child.key, sectionReference(child)])
  return object({
    from: described({ anyOf: [TEXT, object({ csv: CSV })] }, 'a table, a select, or a CSV file'),
    since: described(TEXT, 'the column that says when a row changed: what an incremental run reads'),
    repeats: described({ enum: ['refuse', 'same'] }, 'same: rows with one id and equal values are one record'),
    ...tie,
    ...fieldSchemas(kind.fields),
    ...Object.fromEntries(children),
  })
}

function fieldSchemas(fields: readonly FieldSpec[]): Readonly<Record<string, Schema>> {
  return Object.fromEntries(
    fields.map(({ key, type, meaning }) => [key, described(reference(nameOfType(type)), meaning.en)]),
  )
}

/** A section, or a list of several. */
function sectionReference({ name, meaning }: RecordKind): Schema {
  return described(orList(reference(`section-${name}`)), meaning.en)
}

/** Beside `$ref`, draft 7 reads nothing: the description stands around it. */
function reference(name: string): Schema {
  return { allOf: [{ $ref: `#/definitions/${name}` }] }
}

function nameOfType(type: FieldType): string {
  if (type.kind === 'list') return `list-of-${nameOfType(type.of)}`
  return type.kind === 'enum' ? `rule-${type.values.slice(0, 2).join('-')}` : `rule-${type.kind}`
}

/** A column, a value that is not a text, or a map of keys. */
function ruleSchema(type: FieldType): Schema {
  const value = valueSchema(type)
  const keys = RULE_KEYS.filter((key) => takesKey(type, key)).map(({ key, meaning }) => [
    key,
    KEY_SCHEMAS[key] === undefined ? described(schemaOfKey(key, value), meaning) : { $ref: `#/definitions/key-${key}` },
  ])
  const bare: Schema = type.kind === 'list' ? { type: 'array' } : { type: ['boolean', 'integer', 'null'] }
  return { anyOf: [TEXT, bare, object(Object.fromEntries(keys))] }
}

function schemaOfKey(key: string, value: Schema): Schema {
  if (key === 'value' || key === 'default') return value
  if (key === 'values') return TABLE(value)
  return { anyOf: [{ enum: ['refuse', 'keep'] }, value] }
}

function valueSchema(type: FieldType): Schema {
  switch (type.kind) {
    case 'enum':
      return { enum: [...type.values, null] }
    case 'boolean':
      return { type: ['boolean', 'null'] }
    case 'list':
      return { anyOf: [valueSchema(type.of), { type: 'array', items: valueSchema(type.of) }] }
    default:
      return SCALAR
  }
}

function orList(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'array', items: schema, minItems: 1 }] }
}

function object(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', additionalProperties: false, properties, ...(required.length > 0 && { required }) }
}

function described(schema: Schema, description: string): Schema {
  return { description, ...schema }
}
