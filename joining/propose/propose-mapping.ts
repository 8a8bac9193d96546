/** Proposes a mapping from the tables of a source. */
import type { RecordKindName } from '../../contract/records/record-kind.ts'
import { TOP_KINDS } from '../mapping/parse-mapping.ts'
import { TODO } from '../mapping/yaml-report.ts'
import { onlyZoneOf, zonesOf } from '../mapping/zone.ts'
import { LEFT_OUT_PHRASES } from './field-lexicon.ts'
import { scorePhrases } from './match-names.ts'
import { matchTables } from './match-tables.ts'
import type { ColumnProfile, TableProfile } from './profile.ts'
import { proposePersonsOfCases } from './propose-persons.ts'
import { joinSameKeys, proposeSection } from './propose-section.ts'
import type { LeftOutReason, ProposeWords } from './propose-words.ts'
import { type LabelColumn, type ProposeWorld, takenOf } from './propose-world.ts'
import { quoteName } from './quote-name.ts'
import { flow, type Line, scalar, writeLines } from './yaml-lines.ts'

/** What a proposal is made for. */
export interface ProposalRequest {
  /** ISO 3166-1 alpha-2; null if nobody said it. */
  readonly country: string | null
  /** Where the rows come from, for the comment: without a password. */
  readonly label: string
  readonly source: ProposedSource
  /** The path of the JSON Schema, for editors. */
  readonly schema: string
  readonly tables: readonly TableProfile[]
  readonly words: ProposeWords
}

/** The `source:` of a proposal. */
export type ProposedSource =
  | {
      readonly kind: 'SQL'
      /** Without its password. */
      readonly url: string
      /** From the folder of the proposal; TODO if the password was not given by a file; null if there is none. */
      readonly passwordFile: string | null
    }
  | ({ readonly kind: 'CSV' } & ProposedFile)
  /** Several files, by the names of their tables. */
  | { readonly kind: 'FILES'; readonly files: ReadonlyMap<string, ProposedFile> }

/** A CSV file of a proposal. */
export interface ProposedFile {
  /** The path from the folder of the proposal. */
  readonly file: string
  readonly encoding: string | null
  readonly delimiter: string
}

/** A proposed mapping. */
export interface Proposal {
  /** YAML with comments. */
  readonly text: string
  /** How often it says TODO. */
  readonly todos: number
  /** The columns with the labels of offences. */
  readonly labels: readonly LabelColumn[]
}

/** The name of the crosswalk that a proposal names. */
const CROSSWALK = 'delitos.csv'

/** Proposes a mapping. Pure: what it knows of the rows is in the profiles. */
export function proposeMapping({ country, label, source, schema, tables, words }: ProposalRequest): Proposal {
  const { matches, others } = matchTables(tables)
  const world: ProposeWorld = {
    tables,
    labels: [],
    matches,
    isCsv: source.kind !== 'SQL',
    fromOf: source.kind === 'CSV' ? null : (table) => fromText(source, table),
    words,
    quote: (name) => quoteName(name, source.kind === 'SQL' ? source.url : ''),
    crosswalk: CROSSWALK,
    joined: new Set(),
    taken: new Map(),
  }
  // Before the cases: a table of victims gives its persons first, and then who takes part.
  const parties = matches.filter(({ hasPersons }) => hasPersons)
  const ofParties = parties.map((match) => proposeSection({ ...match, kind: 'persons' }, world))
  const sections = TOP_KINDS.toSorted((a, b) => rank(a.name) - rank(b.name)).flatMap((kind) => {
    const match = matches.find((each) => each.kind === kind.name)
    return match === undefined ? [] : [proposeSection(match, world)]
  })
  const all = joinSameKeys([...proposePersonsOfCases(world, sections), ...ofParties])
  const missing = TOP_KINDS.filter(
    ({ name }) =>
      !matches.some((match) => match.kind === name) &&
      !(name === 'persons' && all.some(({ text }) => text === 'persons:')),
  )
  const lines: readonly Line[] = [
    { text: '', comment: `yaml-language-server: $schema=${schema}` },
    ...words.head(label).map((comment) => ({ text: '', comment })),
    { text: `country: ${country ?? TODO}` },
    ...zoneLine(country, words),
    sourceLine(source, words),
    { text: '' },
    {
      text: 'provenance:',
      below: [
        { text: `agency: { value: ${TODO} }`, comment: words.agency },
        { text: `handling: [${TODO}]`, comment: words.handling },
        { text: `sharedWith: ${TODO}`, comment: words.sharedWith },
      ],
    },
    ...all.flatMap((section) => [{ text: '' }, section]),
    ...leftOutLines(
      matches.map(({ table }) => table),
      world,
    ),
    ...otherTables(
      others.filter(({ name }) => !world.joined.has(name)),
      words,
    ),
    ...(missing.length === 0
      ? []
      : [{ text: '' }, { text: '', comment: words.notFound(missing.map(({ key }) => key).join(', ')) }]),
  ]
  const text = writeLines(lines)
  return { text, todos: countTodos(text), labels: world.labels }
}

/** Cases first, then persons, warrants and law, as a person reads them. */
function rank(name: RecordKindName): number {
  const order: readonly RecordKindName[] = ['cases', 'persons', 'warrants', 'statutes', 'instruments', 'mlaRequests']
  return order.indexOf(name)
}

function zoneLine(country: string | null, words: ProposeWords): readonly Line[] {
  if (country === null || country === 'UN') return []
  const only = onlyZoneOf(country)
  if (only !== null) return [{ text: '', comment: words.onlyZone(only) }]
  return [{ text: `zone: ${TODO}`, comment: words.notOneZone(zonesOf(country).join(', ')) }]
}

function sourceLine(source: ProposedSource, words: ProposeWords): Line {
  if (source.kind === 'CSV') return { text: `source: ${fileForm(source)}` }
  if (source.kind === 'FILES') return { text: 'source: { csv: {} }', comment: words.severalFiles }
  const sql = ['sql', JSON.stringify(source.url)] as const
  if (source.passwordFile === null) return { text: `source: ${flow([sql])}` }
  return { text: `source: ${flow([sql, ['passwordFile', scalar(source.passwordFile)]])}`, comment: words.password }
}

function fileForm({ file, encoding, delimiter }: ProposedFile): string {
  const form: readonly (readonly [string, string])[] = [
    ['file', JSON.stringify(file)],
    ...(encoding === null ? [] : [['encoding', encoding] as const]),
    ...(delimiter === ',' ? [] : [['delimiter', JSON.stringify(delimiter)] as const]),
  ]
  return flow([['csv', flow(form)]])
}

function fromText(source: ProposedSource, table: string): string {
  const file = source.kind === 'FILES' ? source.files.get(table) : undefined
  return file === undefined ? scalar(table) : fileForm(file)
}

/** Each column that the proposal does not take, with the reason. */
function leftOutLines(tables: readonly TableProfile[], world: ProposeWorld): readonly Line[] {
  const { words } = world
  const lines = tables.flatMap((table) => {
    const taken = takenOf(world, table)
    return table.columns
      .filter(({ name }) => !taken.has(name))
      .map((column) => ({
        text: '',
        comment: `  ${tables.length > 1 ? `${table.name}.` : ''}${column.name}: ${words.reasons[reasonOf(column)]}`,
      }))
  })
  return lines.length === 0 ? [] : [{ text: '' }, { text: '', comment: words.leftOut }, ...lines]
}

function reasonOf({ name, kind, filled }: ColumnProfile): LeftOutReason {
  if (kind === 'binary') return 'binary'
  const reasons = Object.entries(LEFT_OUT_PHRASES) as [keyof typeof LEFT_OUT_PHRASES, readonly string[]][]
  const known = reasons.find(([, phrases]) => scorePhrases(phrases, name) > 0)
  return known?.[0] ?? (filled === 0 ? 'empty' : 'noField')
}

function otherTables(tables: readonly TableProfile[], words: ProposeWords): readonly Line[] {
  if (tables.length === 0) return []
  return [
    { text: '' },
    { text: '', comment: words.unknownTables },
    ...tables.map(({ name, columns }) => ({
      text: '',
      comment: `  ${name}: ${columns.map((column) => column.name).join(', ')}`,
    })),
  ]
}

function countTodos(text: string): number {
  const code = text.split('\n').map((line) => line.replace(/(?:^|\s)#.*$/, ''))
  return code.join('\n').match(/\bTODO\b/g)?.length ?? 0
}
