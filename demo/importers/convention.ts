import { UsageError } from '../../service/usage-error.ts'
import { INSTRUMENTS } from '../facts/treaties.ts'
import type { ImportReport } from './report.ts'
import { type Entry, type Importer, type ImportOptions, runImport } from './run-import.ts'
import { insertMissingRows } from './table.ts'
import { ARTICLE, INSTRUMENT } from './tables.ts'
import type { TextFile } from './text-file.ts'

/** A UN convention whose articles are read from a text in Markdown. */
export interface Convention {
  /** The importer's name in the journal. */
  readonly name: string
  readonly instrumentId: string
  /** The English title of the text. */
  readonly title: string
}

/** The convention against organised crime, New York 2000. */
export const UNTOC: Convention = {
  name: 'untoc',
  instrumentId: 'UN:XVIII-12',
  title: 'United Nations Convention against Transnational Organized Crime',
}
/** The convention against corruption, New York 2003. */
export const UNCAC: Convention = {
  name: 'uncac',
  instrumentId: 'UN:XVIII-14',
  title: 'United Nations Convention against Corruption',
}

/**
 * Imports the articles of a convention into `legal.article`: number, heading, text. Leaves out the preamble, the signature clause,
 * and the text in other languages that follows.
 * @throws {UsageError} when the text does not have the convention's title.
 */
export function importConvention(convention: Convention, options: ImportOptions): Promise<ImportReport> {
  return runImport(importerOf(convention), options)
}

function importerOf(convention: Convention): Importer {
  const { name, instrumentId } = convention
  return {
    name,
    tables: [ARTICLE],
    removeStale: `delete from legal.article where instrument_id = '${instrumentId}'
      and ordinal::text not in (select key from import_seen) returning ordinal`,
    note: null,
    prepare: async (db) => {
      const known = INSTRUMENTS.filter(({ id }) => id === instrumentId)
      await insertMissingRows(
        db,
        INSTRUMENT,
        known.map(({ id, title, kind, adopted_on }) => ({ id, title, kind, adopted_on })),
      )
    },
    async *read(file) {
      for await (const article of readArticles(file, convention.title)) yield toEntry(instrumentId, article)
    },
  }
}

/** An article of the text. `body` has one line for each paragraph. */
interface Article {
  readonly line: number
  readonly number: string
  heading: string | null
  readonly body: string[]
}

function toEntry(instrument_id: string, { line, number, heading, body }: Article): Entry {
  if (!/^[1-9]\d{0,2}$/.test(number)) return { line, rejected: `expected an article’s number; came «${number}»` }
  if (heading === null) return { line, rejected: `article ${number} has no heading` }
  if (body.length === 0) return { line, rejected: `article ${number} has no text` }
  const row = { instrument_id, ordinal: Number(number), number, heading, body: body.join('\n') }
  return { line, key: number, rows: [[row]] }
}

/** Where the reader is: a heading (`####`) belongs to the article or chapter that has just begun, or is a document's title. */
type Place = 'title' | 'opened' | 'inside'

async function* readArticles(file: TextFile, title: string): AsyncGenerator<Article> {
  let place: Place = 'title'
  let titled = false
  let article: Article | undefined
  for await (const { line, text } of readLines(file)) {
    if (text.startsWith('####')) {
      if (place === 'opened') {
        if (article) article.heading = text.slice(4).trim()
        place = 'inside'
      } else if (place === 'title' && !titled) {
        checkTitle(file.path, text.slice(4).trim(), title)
        titled = true
      } else break // This is the title in the next language.
    } else if (text.startsWith('###')) {
      if (article) yield article
      const [, number] = /^###\s*Article\s+(\S+)\s*$/.exec(text) ?? []
      article = number === undefined ? undefined : { line, number, heading: null, body: [] }
      place = 'opened'
    } else if (/^IN WITNESS WHEREOF\b/.test(text)) {
      if (article) yield article
      article = undefined
    } else if (article && text !== '') {
      article.body.push(text)
      if (place === 'opened') place = 'inside'
    }
  }
  if (article) yield article
  if (!titled) checkTitle(file.path, '', title)
}

function checkTitle(path: string, came: string, expected: string): void {
  if (came.toLowerCase() === expected.toLowerCase()) return
  throw new UsageError(
    `${path}: expected the text of the «${expected}»; came ${came === '' ? 'no title' : `«${came}»`}`,
  )
}

/** The longest line that is accepted, in characters: a file without line ends must not fill the memory. */
const MAX_LINE_LENGTH = 100_000

/** Yields the lines, counted from 1. Each run of blanks becomes one blank. */
async function* readLines(file: TextFile): AsyncGenerator<{ line: number; text: string }> {
  let line = 0
  let rest = ''
  for await (const chunk of file.chunks) {
    const lines = (rest + chunk).split(/\r?\n/)
    rest = lines.pop() ?? ''
    if (rest.length > MAX_LINE_LENGTH) {
      throw new UsageError(
        `${file.path}: expected lines of at most ${MAX_LINE_LENGTH} characters; line ${line + lines.length + 1} is longer`,
      )
    }
    for (const text of lines) yield { line: ++line, text: text.replace(/\s+/g, ' ').trim() }
  }
  if (rest !== '') yield { line: ++line, text: rest.replace(/\s+/g, ' ').trim() }
}
