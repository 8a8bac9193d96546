import { hash } from 'node:crypto'
import { readSections } from './sections.ts'

/**
 * The mark with which a translation begins: a comment that says which page was translated, and which text of it. It has one hash of the whole
 * page and one of each section, so that a later run can name the sections that have changed since.
 */

/** What the mark of a translation says. */
export interface Mark {
  /** Path of the page that was translated, from the project’s root. */
  readonly original: string
  /** The first 12 hexadecimal digits of the SHA-256 of the page, with each run of white space as one space. */
  readonly hash: string
  /** The first 8 hexadecimal digits of the SHA-256 of each of its sections, in their order and in the same form. */
  readonly sections: readonly string[]
}

/** What has changed on a page since it was translated, by headings. */
export interface Age {
  /** Headings of the page whose sections are new or have changed. */
  readonly changed: readonly string[]
  /** Headings of the translation whose sections translate a text that the page does not have any more. */
  readonly outdated: readonly string[]
}

const PAGE_DIGITS = 12
const SECTION_DIGITS = 8
const SECTIONS_A_LINE = 12
/** Sections that `npm run generate` writes on a page and on its translation: nobody translates them. */
const WRITTEN_IN_BOTH =
  /<!-- (mapping-fields|gateway-settings|node-settings|metrics|errors|composition) -->[\s\S]*?<!-- \/\1 -->/g
const MARK = /^<!-- translation of (\S+) at ([0-9a-f]{12})\n((?: {5}(?:[0-9a-f]{8} ?)+\n)*)-->\n/

/** Makes the mark of a translation that says what the page says now. */
export function makeMark(original: string, page: string): Mark {
  const text = page.replaceAll(WRITTEN_IN_BOTH, '')
  return {
    original,
    hash: digest(text, PAGE_DIGITS),
    sections: readSections(text).map((section) => digest(section.text, SECTION_DIGITS)),
  }
}

/** Reads the mark of a translation. @returns null if the translation does not begin with one. */
export function readMark(translation: string): Mark | null {
  const [, original, hashOfPage, sections = ''] = MARK.exec(translation) ?? []
  if (original === undefined || hashOfPage === undefined) return null
  return { original, hash: hashOfPage, sections: sections.split(/\s+/).filter(Boolean) }
}

/** The text of a translation without its mark. */
export function withoutMark(translation: string): string {
  return translation.replace(MARK, '')
}

/** Puts a mark before a translation, in the place of the mark that it has. */
export function withMark(translation: string, mark: Mark): string {
  const lines: string[] = []
  for (let from = 0; from < mark.sections.length; from += SECTIONS_A_LINE) {
    lines.push(`     ${mark.sections.slice(from, from + SECTIONS_A_LINE).join(' ')}\n`)
  }
  return `<!-- translation of ${mark.original} at ${mark.hash}\n${lines.join('')}-->\n${withoutMark(translation)}`
}

/**
 * Compares a mark with what the page says now.
 *
 * @param translation the text that begins with the mark.
 * @returns null if the page is the one that was translated.
 */
export function findAge(mark: Mark, original: string, translation: string): Age | null {
  const now = makeMark(mark.original, original)
  if (now.hash === mark.hash) return null
  const headings = readSections(original.replaceAll(WRITTEN_IN_BOTH, '')).map(({ heading }) => heading)
  const translated = readSections(withoutMark(translation).replaceAll(WRITTEN_IN_BOTH, '')).map(
    ({ heading }) => heading,
  )
  return {
    changed: headings.filter((_, at) => !mark.sections.includes(now.sections[at] ?? '')),
    outdated: mark.sections.flatMap((each, at) => (now.sections.includes(each) ? [] : (translated[at] ?? []))),
  }
}

/** Hashes a text in which each run of white space is one space, so that broken lines do not make a translation old. */
function digest(text: string, digits: number): string {
  return hash('sha256', text.replace(/\s+/g, ' ').trim()).slice(0, digits)
}
