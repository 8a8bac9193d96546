/** The tables of docs/mapping.md: what the sections of a mapping take, and the keys of a rule. */
import type { FieldSpec, KindSpec } from '../../joining/mapping/field-spec.ts'
import { PROVENANCE_FIELDS, SHARED_PROVENANCE } from '../../joining/mapping/field-spec.ts'
import type { FieldType } from '../../joining/mapping/mapping.ts'
import { kindOf, RECORD_KINDS } from '../../joining/mapping/record-kinds.ts'
import { RULE_KEYS } from '../../joining/mapping/rule-keys.ts'

const TYPE_NAMES: Readonly<Record<FieldType['kind'], string>> = {
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
}

function typeName(type: FieldType): string {
  if (type.kind === 'enum') return type.values.map((value) => `\`${value}\``).join(' ')
  return type.kind === 'list' ? `list of: ${typeName(type.of)}` : TYPE_NAMES[type.kind]
}

/** What fills a field that the mapping does not name. */
function standardName({ standard, isRequired }: FieldSpec): string {
  if (standard === undefined) return isRequired === true ? 'required' : ''
  if (standard === 'own-country') return 'your country’s code'
  if (standard === 'changed') return 'the column of `since`, else the time of the run'
  if (standard === 'minor') return 'true for who is under 18 by `birthDate`'
  return standard === 'names' ? '`givenNames` and `surnames`' : `\`${String(standard.value)}\``
}

function fieldRows(fields: readonly FieldSpec[]): readonly string[] {
  return fields.map(
    (field) => `| \`${field.key}\` | ${typeName(field.type)} | ${field.meaning} | ${standardName(field)} |`,
  )
}

const HEAD = ['| key | takes | meaning | without it |', '|---|---|---|---|']

function kindTable(kind: KindSpec): string {
  const { name, meaning, fields, parent } = kind
  const own = fields.filter((field) => !SHARED_PROVENANCE.includes(field))
  const hasProvenance = PROVENANCE_FIELDS.every((field) => fields.includes(field))
  const tie =
    parent === undefined
      ? []
      : [
          `| \`${parent.key}\` | id | with a \`from\` of its own: the column with the id of the record above | the columns of the id in \`${kindOf(parent.kind).key}\` |`,
        ]
  return [
    `### \`${name}\``,
    '',
    `${meaning[0]?.toUpperCase()}${meaning.slice(1)}.${hasProvenance ? ' The keys of [provenance](#provenance) too.' : ''}`,
    '',
    ...HEAD,
    ...tie,
    ...fieldRows(own),
  ].join('\n')
}

/** Makes the tables of all sections. */
export function fieldTables(): string {
  const order = RECORD_KINDS.toSorted((a, b) => rank(a) - rank(b))
  const provenance = [
    '### Provenance',
    '',
    'In `provenance:` for all sections, or in a section.',
    '',
    ...HEAD,
    ...fieldRows(SHARED_PROVENANCE),
  ]
  return [...order.map(kindTable), provenance.join('\n')].join('\n\n')
}

/** Cases come first on the page, because a country begins with them. */
function rank({ name }: KindSpec): number {
  return ['cases', 'warrants', 'persons'].findIndex((first) => name === first || name.startsWith(`${first}.`)) >>> 0
}

/** Makes the table of the keys of a rule. */
export function ruleKeyTable(): string {
  const rows = RULE_KEYS.map(({ key, meaning, for: kinds }) => {
    const takers = (kinds ?? []).map((kind) => (kind === 'list' ? 'lists' : TYPE_NAMES[kind])).join(', ')
    return `| \`${key}\` | ${takers === '' ? 'all' : takers} | ${meaning} |`
  })
  return ['| key | for | meaning |', '|---|---|---|', ...rows].join('\n')
}
