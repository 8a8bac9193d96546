/** Proposes a mapping from the tables of a source, by what their columns hold. */
import { TODO } from '../mapping/mapping-schema.ts'
import { onlyZoneOf, zonesOf } from '../mapping/zone.ts'
import type { SourceKey } from '../sources/source.ts'
import type { ColumnProfile, TableProfile } from './profile.ts'
import { proposeColumn } from './propose-column.ts'
import type { ProposeWords } from './words.ts'
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
  readonly say: ProposeWords
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
}

type ForeignKey = Extract<SourceKey, { readonly kind: 'FOREIGN' }>

/** Proposes a mapping. Pure: what it knows of the rows is in the profiles. */
export function proposeMapping({ country, label, source, schema, tables, say }: ProposalRequest): Proposal {
  const lines: readonly Line[] = [
    { text: '', comment: `yaml-language-server: $schema=${schema}` },
    ...say('head', { source: label })
      .split('\n')
      .map((comment) => ({ text: '', comment })),
    { text: `country: ${country ?? TODO}` },
    ...zoneLine(country, say),
    sourceLine(source, say),
    { text: '' },
    {
      text: 'provenance:',
      below: [
        { text: `agency: { value: ${TODO} }`, comment: say('agency') },
        { text: `handling: [${TODO}]`, comment: say('handling') },
        { text: `sharedWith: ${TODO}`, comment: say('sharedWith') },
      ],
    },
    ...tables.flatMap((table) => [{ text: '' }, proposeTable(table, source, say)]),
  ]
  const text = writeLines(lines)
  return { text, todos: countTodos(text) }
}

function zoneLine(country: string | null, say: ProposeWords): readonly Line[] {
  if (country === null || country === 'UN') return []
  const only = onlyZoneOf(country)
  if (only !== null) return [{ text: '', comment: say('onlyZone', { zone: only }) }]
  return [{ text: `zone: ${TODO}`, comment: say('notOneZone', { zones: zonesOf(country).join(', ') }) }]
}

function sourceLine(source: ProposedSource, say: ProposeWords): Line {
  if (source.kind === 'CSV') return { text: `source: ${fileForm(source)}` }
  if (source.kind === 'FILES') return { text: 'source: { csv: {} }', comment: say('severalFiles') }
  const sql = ['sql', JSON.stringify(source.url)] as const
  if (source.passwordFile === null) return { text: `source: ${flow([sql])}` }
  return { text: `source: ${flow([sql, ['passwordFile', scalar(source.passwordFile)]])}`, comment: say('password') }
}

function fileForm({ file, encoding, delimiter }: ProposedFile): string {
  const form: readonly (readonly [string, string])[] = [
    ['file', JSON.stringify(file)],
    ...(encoding === null ? [] : [['encoding', encoding] as const]),
    ...(delimiter === ',' ? [] : [['delimiter', JSON.stringify(delimiter)] as const]),
  ]
  return flow([['csv', flow(form)]])
}

/** The section of a table: which records its rows are, is for a person to say. */
function proposeTable(table: TableProfile, source: ProposedSource, say: ProposeWords): Line {
  const { name, rows, columns } = table
  const file = source.kind === 'FILES' ? source.files.get(name) : undefined
  const from = file === undefined ? scalar(name) : fileForm(file)
  const id = findId(table)
  const ids = id.length === 1 ? id.map((column) => column.name) : []
  const keys = table.keys.filter((key): key is ForeignKey => key.kind === 'FOREIGN' && key.columns.length > 1)
  const parts = new Set([...keys.flatMap((key) => key.columns), ...(id.length > 1 ? id.map((each) => each.name) : [])])
  const times = source.kind === 'SQL' ? columns.filter(({ kind }) => kind === 'time').map((column) => column.name) : []
  const used = new Set<string>()
  return {
    text: `${scalar(`${TODO} ${name}`)}:`,
    comment: say('section', { rows: rows.toLocaleString('en-GB') }),
    below: [
      ...(source.kind === 'CSV' ? [] : [{ text: `from: ${from}` }]),
      idLine(table, id, say),
      ...(times.length === 0 ? [] : [{ text: '', comment: say('since', { columns: times.join(', ') }) }]),
      ...keys.map((key) => ({
        text: `${scalar(`${TODO} ${key.references.table}`)}: ${templateOf(key.columns)}`,
        comment: namesOf(key.references, say),
      })),
      ...columns
        .filter((column) => !ids.includes(column.name) && !parts.has(column.name))
        .map((column) => {
          const named = namedBy(table, column)
          if (named === null) return proposeColumn(column, used, say)
          const key = scalar(`${TODO} ${column.name}`)
          return { text: `${key}: ${scalar(column.name)}`, comment: namesOf(named, say) }
        }),
      ...(parts.size === 0 ? [] : [{ text: '', comment: say('inKeys', { columns: [...parts].join(', ') }) }]),
    ],
  }
}

function namesOf({ table, columns }: ForeignKey['references'], say: ProposeWords): string {
  return say('names', { table, columns: columns.join(', ') })
}

/** The table whose rows a column names, by a key of the catalog. */
function namedBy({ keys }: TableProfile, { name }: ColumnProfile): ForeignKey['references'] | null {
  const key = keys.find((each) => each.kind === 'FOREIGN' && each.columns.length === 1 && each.columns[0] === name)
  return key?.kind === 'FOREIGN' ? key.references : null
}

/** The columns of the primary key. Without one, the first column that has a value of its own in each row. */
function findId({ keys, columns, rows }: TableProfile): readonly ColumnProfile[] {
  const primary = keys.find(({ kind }) => kind === 'PRIMARY')
  if (primary !== undefined) return primary.columns.flatMap((name) => columns.filter((column) => column.name === name))
  return columns.filter(({ isUnique, filled, dates }) => isUnique && filled === rows && dates === null).slice(0, 1)
}

function idLine(table: TableProfile, id: readonly ColumnProfile[], say: ProposeWords): Line {
  const [only] = id
  if (only === undefined) return { text: `id: ${TODO}`, comment: say('noId') }
  const names = id.map(({ name }) => name)
  if (id.length > 1) return { text: `id: ${templateOf(names)}`, comment: say('severalKeys') }
  const isKey = table.keys.some(({ kind }) => kind === 'PRIMARY')
  const remarks = [
    ...(isKey ? [] : [say('uniqueId')]),
    ...(only.shape === null
      ? []
      : [say('otherIds', { rows: only.shape.others, pattern: JSON.stringify(`^(?<id>${only.shape.pattern})$`) })]),
  ]
  return { text: `id: ${scalar(only.name)}`, ...(remarks.length > 0 && { comment: remarks.join('; ') }) }
}

/** Writes what makes an id of several columns. */
function templateOf(columns: readonly string[]): string {
  return flow([['template', JSON.stringify(columns.map((name) => `{${name}}`).join('-'))]])
}

function countTodos(text: string): number {
  const code = text.split('\n').map((line) => line.replace(/(?:^|\s)#.*$/, ''))
  return code.join('\n').match(/\bTODO\b/g)?.length ?? 0
}
