import { UsageError } from '../../service/usage-error.ts'
import { INSTRUMENTS } from '../facts/facts.ts'
import type { ImportReport } from './progress.ts'
import { type Entry, type ImportOptions, importSmallFile } from './run-import.ts'
import { ARTICLE, INSTRUMENT, insertMissingRows } from './table.ts'

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
export function importConvention(
  { name, instrumentId, title }: Convention,
  options: ImportOptions,
): Promise<ImportReport> {
  const importer = {
    name,
    table: ARTICLE,
    removeStale: `delete from legal.article where instrument_id = '${instrumentId}'
      and ordinal::text not in (select json_array_elements_text($1::text::json)) returning ordinal`,
    prepare: (db: ImportOptions['db']) => {
      const known = INSTRUMENTS.filter(({ id }) => id === instrumentId)
      return insertMissingRows(db, INSTRUMENT, known)
    },
    read: async ({ path, bytes }: { readonly path: string; readonly bytes: Uint8Array }) =>
      readArticles(path, decode(path, bytes), title).map((article) => toEntry(instrumentId, article)),
  }
  return importSmallFile(importer, options)
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
  return { line, key: number, row: { instrument_id, ordinal: Number(number), number, heading, body: body.join('\n') } }
}

function readArticles(path: string, markdown: string, title: string): readonly Article[] {
  const lines = markdown.split(/\r?\n/).map((text) => text.replace(/\s+/g, ' ').trim())
  const begin = lines.findIndex((text) => text.startsWith('####'))
  const came = lines[begin]?.slice(4).trim() ?? ''
  if (came.toLowerCase() !== title.toLowerCase()) {
    const shown = came === '' ? 'no title' : `«${came}»`
    throw new UsageError(`${path}: expected the text of the «${title}»; came ${shown}`)
  }
  const articles: Article[] = []
  let article: Article | undefined
  // Whether a heading (`####`) belongs to the article or chapter that has just begun.
  let isOpened = false
  for (const [at, text] of lines.slice(begin + 1).entries()) {
    if (text.startsWith('####')) {
      // This is the title in the next language.
      if (!isOpened) break
      if (article) article.heading = text.slice(4).trim()
      isOpened = false
    } else if (text.startsWith('###')) {
      const [, number] = /^### ?Article (\S+)$/.exec(text) ?? []
      article = number === undefined ? undefined : { line: begin + 2 + at, number, heading: null, body: [] }
      if (article) articles.push(article)
      isOpened = true
    } else if (/^IN WITNESS WHEREOF\b/.test(text)) {
      article = undefined
    } else if (article && text !== '') {
      article.body.push(text)
      isOpened = false
    }
  }
  return articles
}

function decode(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new UsageError(`${path}: expected UTF-8; came other bytes. Save the file as UTF-8.`, { cause })
  }
}
