import { posix } from 'node:path'
import { anchorOf } from '../../tools/translations/sections.ts'

/**
 * Finds citations of Markdown pages in code and documentation, and reports those that lead nowhere.
 *
 * A citation is a page's path from the project's root (`docs/design/access.md`), or a Markdown link. Three forms also name a section:
 * `page.md, Section`, where the section begins with a capital letter; `page.md#anchor`; and a link to a section of the same page. A path
 * that is written on a page may also be relative to that page.
 */

/** One file of the project, with its path from the root. */
export interface TextFile {
  readonly path: string
  readonly text: string
}

/** A citation that leads nowhere. */
export interface BrokenCitation {
  /** The file and line of the citation, as `path:line`. */
  readonly at: string
  /** What was cited: a page, or a page with its section. */
  readonly cited: string
  readonly reason: 'no such page' | 'no such section'
}

/** A name that ends in `.md` and is not a page of the project. */
export interface ExemptName {
  readonly name: string
  /** The files that may cite it, as prefixes of their paths. */
  readonly citedIn: readonly string[]
}

interface Citation {
  readonly page: string
  /** The text after the comma, with comment marks and line breaks removed; null if no section is named. */
  readonly section: string | null
  readonly anchor: string | null
  readonly offset: number
}

/** How far after a page’s name the finder looks for its section, in characters. */
const SECTION_WINDOW = 200

/** A Markdown link to a section of the same page. */
const OWN_SECTION_LINK = /\]\(#([^)\s]+)\)/g

/** A path that ends in `.md`, with an anchor or without; not within a URL. */
const PAGE_NAME = /(?<![\w./-])((?:\.{0,2}\/)?[\w.-]+(?:\/[\w.-]+)*\.md)\b(#[\w-]+)?/g

/**
 * Finds each citation of a page that does not exist, or of a section that its page does not have.
 * @param files the files to search.
 * @param pages every Markdown page of the project.
 */
export function findBrokenCitations(
  files: readonly TextFile[],
  pages: readonly TextFile[],
  exempt: readonly ExemptName[],
): readonly BrokenCitation[] {
  const headingsByPage = new Map(pages.map(({ path, text }) => [path, headingsOf(text)]))
  return files.flatMap((file) =>
    citationsIn(file)
      .filter(({ page }) => !isExempt(page, file.path, exempt))
      .flatMap((citation) => {
        const reason = faultOf(citation, file, headingsByPage)
        if (reason === null) return []
        const line = file.text.slice(0, citation.offset).split('\n').length
        return [{ at: `${file.path}:${line}`, cited: describe(citation), reason }]
      }),
  )
}

/** Reads the headings of a page, in their order. Skips fenced blocks and removes Markdown’s marks. */
export function headingsOf(page: string): readonly string[] {
  const withoutFences = page.replace(/^```.*?^```/gms, '')
  return [...withoutFences.matchAll(/^#{1,6} +(.+?) *#* *$/gm)].map(([, heading = '']) => heading.replace(/[`*]/g, ''))
}

function citationsIn({ path, text }: TextFile): readonly Citation[] {
  const named = [...text.matchAll(PAGE_NAME)].map((match): Citation => {
    const [whole, page = '', anchor = ''] = match
    const end = match.index + whole.length
    return { page, anchor: anchor.slice(1) || null, section: sectionAfter(text, end), offset: match.index }
  })
  if (!path.endsWith('.md')) return named
  const ownSections = [...text.matchAll(OWN_SECTION_LINK)].map(({ 1: anchor = '', index }): Citation => {
    return { page: posix.basename(path), anchor, section: null, offset: index }
  })
  return [...named, ...ownSections]
}

/** Returns the text after `page.md, ` if it can be a section: it begins with a capital letter, and is not the name of another page. */
function sectionAfter(text: string, end: number): string | null {
  const after = text.slice(end, end + SECTION_WINDOW)
  const joined = after.replace(/\s*\n\s*(?:\*|\/\/|--|#)?\s*/g, ' ')
  const [, section] = /^, (\p{Lu}.*)$/u.exec(joined) ?? []
  return section === undefined || /^[\w./-]+\.md\b/.test(section) ? null : section
}

function faultOf(
  { page, section, anchor }: Citation,
  file: TextFile,
  headingsByPage: ReadonlyMap<string, readonly string[]>,
): BrokenCitation['reason'] | null {
  const fromPage = posix.normalize(posix.join(posix.dirname(file.path), page))
  const candidates = file.path.endsWith('.md') ? [fromPage, page] : [page]
  const headings = candidates.flatMap((path) => headingsByPage.get(path) ?? [])
  if (!candidates.some((path) => headingsByPage.has(path))) return 'no such page'
  if (anchor !== null && !headings.some((heading) => anchorOf(heading) === anchor)) return 'no such section'
  return section === null || headings.some((heading) => beginsWith(section, heading)) ? null : 'no such section'
}

/** Whether a text begins with a heading, and not with a longer word. */
function beginsWith(text: string, heading: string): boolean {
  return text.startsWith(heading) && !/^[\p{L}\p{N}]/u.test(text.slice(heading.length))
}

function isExempt(page: string, citing: string, exempt: readonly ExemptName[]): boolean {
  return exempt.some(({ name, citedIn }) => name === page && citedIn.some((prefix) => citing.startsWith(prefix)))
}

function describe({ page, section, anchor }: Citation): string {
  if (anchor !== null) return `${page}#${anchor}`
  return section === null ? page : `${page}, ${section.slice(0, 40)}`
}
