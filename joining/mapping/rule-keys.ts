/** The keys of a rule, `{ column: estado, values: … }`: one table for the parser, the editors' schema and the page. */
import type { FieldType } from '../../contract/records/record-kind.ts'

/** A key of a rule. */
export interface RuleKey {
  readonly key: string
  /** The kinds of types whose fields take it; undefined for all. A list counts by its items, and `list` is any list. */
  readonly for?: readonly FieldType['kind'][]
  readonly meaning: string
}

/** Where a rule takes its text from: each rule has exactly one of these. */
export const RULE_BEGINNINGS = ['column', 'columns', 'template', 'value'] as const

/** All keys of a rule. */
export const RULE_KEYS: readonly RuleKey[] = [
  { key: 'column', meaning: 'the column of the source' },
  {
    key: 'columns',
    meaning: 'several columns: joined by a space for a text, one item each for a list. Empty ones are left out',
  },
  {
    key: 'template',
    meaning:
      'a text with columns in it: "{serie}-{numero}". {#} is the number of the row, {#year} its number among the rows with this year',
  },
  { key: 'value', meaning: 'always this value, whatever the row says' },
  { key: 'join', meaning: 'what is put between the columns. Without it, a space' },
  {
    key: 'pattern',
    meaning:
      'a regular expression with a named group: the group is taken. A text that does not match is not understood',
  },
  { key: 'take', meaning: 'which named group is taken, if the pattern has several' },
  { key: 'replace', meaning: 'texts that are replaced: { " ": "-" }' },
  { key: 'split', for: ['list'], meaning: 'what separates the items of a list in one text' },
  { key: 'values', meaning: 'the value of the contract for each value of the source' },
  { key: 'crosswalk', meaning: 'the same in a CSV file with the columns label and the name of this field' },
  { key: 'fold', meaning: 'whether values that differ only in accents or in large and small letters are the same' },
  {
    key: 'countries',
    for: ['country'],
    meaning: 'how countries are named: en, es (names), alpha-3, or a list of them',
  },
  {
    key: 'format',
    for: ['date', 'moment'],
    meaning: 'the form of the date: DD/MM/YYYY. Without it, YYYY-MM-DD and what databases show',
  },
  { key: 'day', for: ['date'], meaning: 'first or last: the day of a month whose form has no day' },
  {
    key: 'yearsFrom',
    for: ['date', 'moment'],
    meaning: 'the first of the hundred years that a year of two digits can mean',
  },
  { key: 'decimal', for: ['whole'], meaning: 'the sign before decimals: "," or "."' },
  { key: 'thousands', for: ['whole'], meaning: 'the sign between thousands' },
  { key: 'times', for: ['whole'], meaning: 'what the number is multiplied with: 12 turns years into months' },
  {
    key: 'default',
    meaning: 'what an empty value gives; with values and without else, also a value that is not listed',
  },
  { key: 'else', meaning: 'what a value gives that is not understood: refuse, keep, null, or a value' },
  {
    key: 'missing',
    for: ['reference'],
    meaning: 'what an id of this country gives that names no record: refuse, null, or keep',
  },
]

/** Whether fields of a type take a key. */
export function takesKey(type: FieldType, key: RuleKey): boolean {
  if (key.for === undefined) return true
  const inner = type.kind === 'list' ? type.of.kind : type.kind
  return key.for.includes(inner) || key.for.includes(type.kind)
}

/** Lists the keys that a field of a type takes. */
export function keysFor(type: FieldType): readonly string[] {
  return RULE_KEYS.filter((key) => takesKey(type, key)).map(({ key }) => key)
}
