import type { Language } from '../../contract/language.ts'
import { wordsOf } from '../../contract/words.ts'

/** What can be wrong with the tables of a node, and how it is said: in English by the node, and in the language of a report by the commands. */

const words = wordsOf({
  en: new URL('words.en.yaml', import.meta.url),
  es: new URL('words.es.yaml', import.meta.url),
})

/** A text of a table, with what it names. */
export interface TableText {
  /** What is said, in one word: a key of the words beside. */
  readonly code: string
  readonly details?: Readonly<Record<string, string>>
}

/** Writes a text in a language. */
export function describeTableText({ code, details = {} }: TableText, language: Language = 'en'): string {
  return words(language)(code, details)
}

/** What is wrong with a table, and what the country does about it. */
export interface TableProblem {
  readonly table: string
  /** In English, for the node's log. */
  readonly problem: string
  readonly remedy: string
  /** The same for other languages. */
  readonly says: { readonly problem: TableText; readonly remedy: TableText }
}

/** Makes a problem of its texts. */
export function tableProblem(table: string, problem: TableText, remedy: TableText): TableProblem {
  return {
    table,
    problem: describeTableText(problem),
    remedy: describeTableText(remedy),
    says: { problem, remedy },
  }
}

/** Thrown for a role `istmo_reader` that does not hold a leg back. */
export class ReaderUnsafe extends Error {
  override readonly name = 'ReaderUnsafe'
  /** What is wrong; null for what the database itself says, which is in the message. */
  readonly problem: TableText | null
  /** @param reason what the database said, where `problem` is null. */
  constructor(problem: TableText | null, reason = '') {
    super(
      `Expected a role istmo_reader that the database's user can take and that row-level security binds: ${problem === null ? reason : describeTableText(problem)}. ` +
        'Let a superuser run «create role istmo_reader nologin; grant istmo_reader to» that user, and take other rights from the role.',
    )
    this.problem = problem
  }
}
