/** The tables of docs/mapping.md: what the sections of a mapping take, and the keys of a rule. */
import { z } from 'zod'
import type { Language } from '../../contract/language.ts'
import {
  type FieldSpec,
  type FieldType,
  PROVENANCE_FIELDS,
  type RecordKind,
  SHARED_PROVENANCE,
} from '../../contract/records/record-kind.ts'
import { kindOf, RECORD_KINDS } from '../../contract/records/records.ts'
import { MAPPING_SCHEMA, RULE_KEYS } from '../../joining/mapping/mapping-schema.ts'

/** The words of the tables. */
const WORDS = {
  en: {
    types: {
      text: 'text',
      date: 'day',
      moment: 'moment',
      boolean: 'true or false',
      whole: 'whole number',
      id: 'id',
      reference: 'id of a record',
      rowId: 'id of a row',
      country: 'country',
      subdivision: 'ISO 3166-2',
      iccs: 'ICCS',
      enum: '',
      list: '',
    },
    listOf: 'list of:',
    required: 'required',
    ownCountry: 'your country’s code',
    changed: 'the column of `since`, else the time of the run',
    minor: 'true for who is under 18 by `birthDate`',
    names: '`givenNames` and `surnames`',
    head: '| key | takes | meaning | without it |',
    tie: 'with a `from` of its own: the column with the id of the record above',
    idOf: 'the columns of the id in',
    alsoProvenance: 'The keys of [provenance](#provenance) too.',
    provenance: ['### Provenance', '', 'In `provenance:` for all sections, or in a section.'],
  },
  es: {
    types: {
      text: 'texto',
      date: 'día',
      moment: 'momento',
      boolean: 'verdadero o falso',
      whole: 'número entero',
      id: 'identificador',
      reference: 'identificador de un registro',
      rowId: 'identificador de una fila',
      country: 'país',
      subdivision: 'ISO 3166-2',
      iccs: 'ICCS',
      enum: '',
      list: '',
    },
    listOf: 'lista de:',
    required: 'obligatorio',
    ownCountry: 'el código de su país',
    changed: 'la columna de `since`; si no, la hora de la ejecución',
    minor: 'verdadero para quien tiene menos de 18 años según `birthDate`',
    names: '`givenNames` y `surnames`',
    head: '| clave | acepta | significado | si falta |',
    tie: 'con un `from` propio: la columna con el identificador del registro superior',
    idOf: 'las columnas del identificador en',
    alsoProvenance: 'También las claves de la [procedencia](#procedencia).',
    provenance: ['### Procedencia', '', 'En `provenance:` para todas las secciones, o en una sección.'],
  },
} as const

function typeName(type: FieldType, language: Language): string {
  const { types, listOf } = WORDS[language]
  if (type.kind === 'enum') return type.values.map((value) => `\`${value}\``).join(' ')
  return type.kind === 'list' ? `${listOf} ${typeName(type.of, language)}` : types[type.kind]
}

/** What fills a field that the mapping does not name. */
function standardName({ standard, isRequired }: FieldSpec, language: Language): string {
  const words = WORDS[language]
  if (standard === undefined) return isRequired === true ? words.required : ''
  if (standard === 'own-country') return words.ownCountry
  if (standard === 'changed' || standard === 'minor' || standard === 'names') return words[standard]
  return `\`${String(standard.value)}\``
}

function fieldRows(fields: readonly FieldSpec[], language: Language): readonly string[] {
  return fields.map(
    (field) =>
      `| \`${field.key}\` | ${typeName(field.type, language)} | ${field.meaning[language]} | ${standardName(field, language)} |`,
  )
}

const LINE = '|---|---|---|---|'

function kindTable(kind: RecordKind, language: Language): string {
  const { name, fields, parent } = kind
  const meaning = kind.meaning[language]
  const words = WORDS[language]
  const own = fields.filter((field) => !SHARED_PROVENANCE.includes(field))
  const hasProvenance = PROVENANCE_FIELDS.every((field) => fields.includes(field))
  const tie =
    parent === undefined
      ? []
      : [`| \`${parent.key}\` | ${words.types.id} | ${words.tie} | ${words.idOf} \`${kindOf(parent.kind).key}\` |`]
  return [
    `### \`${name}\``,
    '',
    `${meaning[0]?.toUpperCase()}${meaning.slice(1)}.${hasProvenance ? ` ${words.alsoProvenance}` : ''}`,
    '',
    words.head,
    LINE,
    ...tie,
    ...fieldRows(own, language),
  ].join('\n')
}

/** Makes the tables of all sections. */
export function fieldTables(language: Language): string {
  const order = RECORD_KINDS.toSorted((a, b) => rank(a) - rank(b))
  const { provenance, head } = WORDS[language]
  return [
    ...order.map((kind) => kindTable(kind, language)),
    [...provenance, '', head, LINE, ...fieldRows(SHARED_PROVENANCE, language)].join('\n'),
  ].join('\n\n')
}

/** Cases come first on the page, because a country begins with them. */
function rank({ name }: RecordKind): number {
  return ['cases', 'warrants', 'persons'].findIndex((first) => name === first || name.startsWith(`${first}.`)) >>> 0
}

/** Makes the table of the keys of a rule. */
export function ruleKeyTable(): string {
  const rows = Object.entries(RULE_KEYS).map(([key, { meaning, kinds }]) => {
    const takers = (kinds ?? []).map((kind) => (kind === 'list' ? 'lists' : WORDS.en.types[kind])).join(', ')
    return `| \`${key}\` | ${takers === '' ? 'all' : takers} | ${meaning} |`
  })
  return ['| key | for | meaning |', '|---|---|---|', ...rows].join('\n')
}

/**
 * Makes the JSON Schema of mapping files, for editors: draft 7, which they understand. It is not stricter than the parser. `npm run generate` writes it to
 * mapping.schema.json.
 */
export function makeMappingSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(MAPPING_SCHEMA.meta({ title: 'A mapping of Istmo' }), {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === 'object') jsonSchema.additionalProperties = false
    },
  })
}
