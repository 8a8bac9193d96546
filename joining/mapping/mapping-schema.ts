/**
 * What a mapping file may have, as a zod schema: its keys, and the form of each value. It is made from the tables of the contract's records, and the JSON
 * Schema for editors follows from it. What keys have to do with each other is for read-source.ts, read-section.ts and read-rule.ts.
 *
 * The message of an issue is the key of a text in words.*.yaml. A text under `forms` says what was expected.
 */
import { z } from 'zod'
import { isCountryCode } from '../../contract/country-code.ts'
import { readWords } from '../../contract/read-words.ts'
import { isRecordId } from '../../contract/record-id.ts'
import { type FieldType, ID, type RecordKind, SHARED_PROVENANCE } from '../../contract/records/record-kind.ts'
import { childrenOf, kindOf, RECORD_KINDS } from '../../contract/records/records.ts'
import { isDate, isDateTime } from '../../contract/scalars.ts'
import { isTimeZone } from '../../contract/trust/local-day.ts'
import { isDatabaseUrl, OTHER_SCHEMES } from '../sources/databases.ts'
import { type Cell, NOW } from './mapping.ts'
import { isIccs, isSubdivision } from './value-forms.ts'

/** What stands in a mapping where a person must still decide: `istmo map` writes it. */
export const TODO = 'TODO'

/** A text, or what YAML takes for something else: `401`. */
export type Scalar = string | number | boolean
/** A value of a field. */
export type RawValue = Scalar | null | readonly Scalar[]

/** Where an issue stands, and what its text needs. */
export interface IssueParams {
  /** The issue is about the key, and not about its value. */
  readonly isOfKey?: boolean
  readonly values?: Readonly<Record<string, string | number | readonly string[]>>
}

function isScalar(value: unknown): value is Scalar {
  return ['string', 'number', 'boolean'].includes(typeof value)
}

const isFilled = (text: string): boolean => text.trim() !== ''

/** @param form the text that says what was expected. */
function text(form: string, accepts: (text: string) => boolean = isFilled, values: IssueParams['values'] = {}) {
  const isRight = (value: unknown): boolean => isScalar(value) && value !== TODO && accepts(String(value))
  return z.custom<Scalar>(isRight, { error: form, params: { values } }).meta({ type: ['string', 'number', 'boolean'] })
}

function whole(least: number, most: number) {
  const isRight = (digits: string): boolean =>
    /^\d{1,9}$/.test(digits) && Number(digits) >= least && Number(digits) <= most
  return text('forms.wholeFrom', isRight, { least, most })
}

/** The texts of a kind that the contract takes; of the others, all that are not empty. */
const ACCEPTED: Partial<Record<FieldType['kind'], (text: string) => boolean>> = {
  boolean: (word) => word === 'true' || word === 'false',
  whole: (digits) => /^\d{1,9}$/.test(digits),
  date: isDate,
  moment: (moment) => moment === 'now' || isDateTime(moment),
  country: isCountryCode,
  subdivision: isSubdivision,
  iccs: isIccs,
}

/** Makes the schema of a value that a mapping writes itself. One value is a list of one: `values: { S: H3 }`. */
export function valueSchema(type: FieldType): z.ZodType<RawValue> {
  if (type.kind !== 'list') return filledValue(type).nullable()
  return z.union([filledValue(type.of), z.array(filledValue(type.of))]).nullable()
}

function filledValue(type: FieldType): z.ZodType<Scalar> {
  return type.kind === 'enum' ? z.enum([...type.values]) : text(`forms.${type.kind}`, ACCEPTED[type.kind])
}

/** Makes a value whose form is right one of the contract. Undefined if it is an id that cannot stand there. @param country whose code goes before ids. */
export function toCell(raw: RawValue, type: FieldType, country: string): Cell | typeof NOW | undefined {
  if (raw === null) return null
  if (type.kind === 'list') return [raw].flat().map(String)
  const text = String(raw)
  if (type.kind === 'boolean') return text === 'true'
  if (type.kind === 'whole') return Number(text)
  if (type.kind === 'moment' && text === 'now') return NOW
  if (type.kind !== 'id' && type.kind !== 'reference') return text
  const hasPrefix = text.charAt(2) === ':' && isCountryCode(text.slice(0, 2))
  const isOwn = !hasPrefix || text.startsWith(`${country}:`)
  if (type.kind === 'reference' && type.owner === 'other' && isOwn) return undefined
  const id = hasPrefix ? text : `${country}:${text}`
  return isRecordId(id) ? id : undefined
}

const COLUMN = text('forms.column')
const NAMING = z.enum(['en', 'es', 'alpha-3'])

/** A key of a rule: its schema, the kinds of types whose fields take it (a list counts by its items, and `list` is any list), and what it means. */
interface RuleKey {
  readonly schema: (type: FieldType) => z.ZodType
  readonly kinds?: readonly FieldType['kind'][]
  readonly meaning: string
}

function key<Schema extends z.ZodType>(
  schema: Schema | ((type: FieldType) => Schema),
  ...kinds: readonly FieldType['kind'][]
) {
  return { schema: typeof schema === 'function' ? schema : () => schema, ...(kinds.length > 0 && { kinds }) }
}

/** A text that may be empty. */
const ANY = text('forms.text', () => true)
const FILLED = text('forms.text')

/** The keys of a rule, `{ column: estado, values: … }`, for the parser, the editors' schema and the page. */
const KEYS = {
  column: key(COLUMN),
  columns: key(z.array(COLUMN, { error: 'forms.list' }).min(1, { error: 'emptyList' })),
  template: key(FILLED),
  value: key(valueSchema),
  join: key(ANY),
  pattern: key(FILLED),
  take: key(FILLED),
  replace: key(z.record(z.string(), ANY, { error: 'forms.map' })),
  split: key(ANY, 'list'),
  values: key((type) => z.record(z.string(), valueSchema(type), { error: 'forms.map' })),
  crosswalk: key(FILLED),
  fold: key(z.literal([true, false])),
  countries: key(z.union([NAMING, z.array(NAMING).min(1, { error: 'emptyList' })]), 'country'),
  format: key(FILLED, 'date', 'moment'),
  day: key(z.enum(['first', 'last']), 'date'),
  yearsFrom: key(whole(1, 9_900), 'date', 'moment'),
  decimal: key(z.enum(['.', ',']), 'whole'),
  thousands: key(ANY, 'whole'),
  times: key(whole(1, 1_000_000), 'whole'),
  default: key(valueSchema),
  else: key((type) => z.union([valueSchema(type), z.enum(['refuse', 'keep'])])),
  missing: key(z.literal(['refuse', 'keep', null]), 'reference'),
}

/** The keys of a rule. */
export const RULE_KEYS: Readonly<Record<string, RuleKey>> = Object.fromEntries(
  Object.entries(readWords<Record<string, string>>(new URL('rule-keys.yaml', import.meta.url))).map(
    ([name, meaning]) => [name, { ...KEYS[name as keyof typeof KEYS], meaning }],
  ),
)

/** Where a rule takes its text from: each rule has exactly one of these. */
export const RULE_BEGINNINGS: readonly string[] = ['column', 'columns', 'template', 'value']

/** The map of a rule, as it stands in the file. */
export type RawRule = { readonly [Key in keyof typeof KEYS]?: z.infer<ReturnType<(typeof KEYS)[Key]['schema']>> }

/** Makes the schema of a map with these keys only. `explain` says of a key of another place where it belongs. */
function mapOf(
  shape: Readonly<Record<string, z.ZodType>>,
  explain: (key: string) => { readonly message: string; readonly values: IssueParams['values'] } | undefined = () =>
    undefined,
) {
  const known = Object.keys(shape)
  return z.looseObject(shape, { error: 'forms.map' }).superRefine(
    (came, { addIssue }) => {
      if (typeof came !== 'object' || came === null || Array.isArray(came)) return
      for (const each of Object.keys(came).filter((name) => !known.includes(name))) {
        const { message, values } = explain(each) ?? { message: 'unknownKey', values: { known } }
        addIssue({ code: 'custom', path: [each], message, params: { isOfKey: true, values } })
      }
    },
    { when: () => true },
  )
}

function takesKey(type: FieldType, { kinds }: RuleKey): boolean {
  const inner = type.kind === 'list' ? type.of.kind : type.kind
  return kinds === undefined || kinds.includes(inner) || kinds.includes(type.kind)
}

const rules = new Map<string, z.ZodType>()

/** Makes the schema of a rule: a map of keys, the name of a column, or a value that is not a text. */
function ruleOf(type: FieldType): z.ZodType {
  const name = nameOfType(type)
  const rule = rules.get(name) ?? makeRule(type).meta({ id: name })
  rules.set(name, rule)
  return rule
}

function nameOfType(type: FieldType): string {
  if (type.kind === 'list') return `list-of-${nameOfType(type.of)}`
  return type.kind === 'enum' ? `rule-${type.values.slice(0, 2).join('-')}` : `rule-${type.kind}`
}

function makeRule(type: FieldType): z.ZodType {
  const isList = type.kind === 'list'
  const inner = isList ? type.of : type
  const taken = Object.entries(RULE_KEYS).filter(([, each]) => takesKey(type, each))
  const map = mapOf(
    Object.fromEntries(taken.map(([name, { schema, meaning }]) => [name, schema(type).optional().describe(meaning)])),
    (name) => {
      const other = Object.hasOwn(RULE_KEYS, name) ? RULE_KEYS[name] : undefined
      return other && { message: 'keyForOthers', values: { kinds: other.kinds ?? [], kind: type.kind } }
    },
  )
  // A column is hardly ever called `OPEN` or `*`: whoever writes that means the value.
  const isValue = (word: string): boolean => word === '*' || (inner.kind === 'enum' && inner.values.includes(word))
  const column = z
    .string()
    .refine((word) => isFilled(word) && word !== TODO, { error: 'forms.column' })
    .refine((word) => !isValue(word), { error: isList ? 'bareItem' : 'bareValue' })
  const value = valueSchema(type)
  const bare = z
    .union([z.number(), z.boolean(), z.null()])
    .refine((came) => value.safeParse(came).success, { error: `forms.${type.kind}` })
  return z.union([map, column, isList ? z.array(filledValue(inner)) : bare], { error: `forms.${type.kind}` })
}

const LETTER = text('forms.letter', (sign) => sign === '\\t' || (sign !== '\n' && [...sign].length === 1))

const CSV = mapOf({
  file: text('forms.text').optional().describe('the file, relative to the folder of the mapping'),
  encoding: text('forms.encoding', isEncoding).optional().describe('such as utf-8, windows-1252, utf-16le'),
  delimiter: LETTER.optional().describe('one character; a comma without it'),
  quote: LETTER.nullable().optional().describe('one character; null for a file without quotes'),
}).meta({ id: 'csv' })

/** Whether a text is a label of the WHATWG Encoding Standard. */
export function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch {
    return false
  }
}

/** A socket has no server, but a folder as a parameter. */
function isAddress(url: string): boolean {
  return isDatabaseUrl(url) && /^[a-z]+:\/\/([^/]|.*[?&]host=)/i.test(url)
}

const SOURCE = mapOf({
  sql: text('forms.databaseUrl', isAddress, { others: OTHER_SCHEMES })
    .optional()
    .describe('the address of the database'),
  passwordFile: text('forms.text').optional().describe('a file with its password'),
  csv: CSV.optional(),
}).describe('where the rows come from')

const FROM = z.union([mapOf({ csv: CSV.optional() }), text('forms.text')], { error: 'forms.text' })

/** Whether a section, or a list of several, says what its rows are. */
function sectionsOf(kind: RecordKind): z.ZodType {
  const { name, parent, fields, meaning } = kind
  const section = mapOf({
    from: FROM.optional().describe('a table, a select, or a CSV file'),
    since: COLUMN.optional().describe('the column that says when a row changed: what an incremental run reads'),
    repeats: z.enum(['refuse', 'same']).optional().describe('same: rows with one id and equal values are one record'),
    ...(parent && { [parent.key]: ruleOf(ID).optional().describe('the column with the id of the record above') }),
    ...fieldsOf(fields),
    ...Object.fromEntries(childrenOf(name).map((child) => [child.key, sectionsOf(child)])),
  }).meta({ id: `section-${name}` })
  return z
    .union([section, z.array(section).min(1, { error: 'emptyList' })], { error: 'forms.map' })
    .nullish()
    .describe(meaning.en)
}

function fieldsOf(fields: RecordKind['fields']): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(fields.map(({ key, type, meaning }) => [key, ruleOf(type).optional().describe(meaning.en)]))
}

/** The kinds with a section at the top of a mapping. */
export const TOP_KINDS = RECORD_KINDS.filter(({ parent }) => parent === undefined)

const EVERYTHING = '*'
const coverage = (form: string, accepts: (key: string) => boolean) =>
  z
    .array(
      text(form, (key) => key === EVERYTHING || accepts(key)),
      { error: 'forms.list' },
    )
    .optional()

/** The schema of a mapping file. */
export const MAPPING_SCHEMA = mapOf(
  {
    country: text('forms.country', isCountryCode).describe('your code of ISO 3166-1 alpha-2'),
    zone: text('forms.zone', isTimeZone)
      .optional()
      .describe('the time zone of times that say none, such as America/Managua'),
    source: SOURCE,
    provenance: mapOf(fieldsOf(SHARED_PROVENANCE))
      .optional()
      .describe('what holds for all sections that do not say it themselves'),
    coverage: mapOf({
      participations: coverage('forms.everythingOrCountry', isCountryCode),
      statutes: coverage('forms.everythingOrIccs', isIccs),
      iccs: coverage('forms.everythingOrIccs', () => false),
    })
      .optional()
      .describe('what your law is complete for'),
    ...Object.fromEntries(TOP_KINDS.map((kind) => [kind.key, sectionsOf(kind)])),
  },
  (name) => {
    const above = RECORD_KINDS.find(({ key, parent }) => key === name && parent !== undefined)?.parent
    return above && { message: 'belongsUnder', values: { parent: kindOf(above.kind).key } }
  },
)
