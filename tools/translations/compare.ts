import { posix } from 'node:path'
import { withoutMark } from './mark.ts'
import { anchorOf, type CodeBlock, readSections, type Section } from './sections.ts'

/**
 * Compares a translation with its page: headings of the same levels in the same order, and in each section the same code blocks, tables of the
 * same rows and columns, lists of the same length, the same links, and every word of code.
 *
 * What may differ in a code block is only this, because nothing but people reads it: a comment of a shell or YAML block; the words of
 * `--reason "…"`; and the option that chooses the language of a command (`--lang`, `--language`). A block whose fence ends with `es` shows what a
 * command writes in Spanish: there, only the lines that begin with `$ ` are compared.
 */

/** A page with its translation. Both paths are from the project’s root. */
export interface Pair {
  readonly original: { readonly path: string; readonly text: string }
  readonly translation: { readonly path: string; readonly text: string }
}

/**
 * Finds what a translation does not have as its page has it.
 *
 * @param pairs each page that has a translation, by which links between translations are understood.
 * @returns sentences that name the section of the translation, what was expected and what came. Empty if both have the same structure.
 */
export function compareTranslation(pair: Pair, pairs: readonly Pair[]): readonly string[] {
  const original = readSections(pair.original.text)
  const translation = readSections(withoutMark(pair.translation.text))
  const levels = compareHeadings(original, translation)
  if (levels !== null) return [levels]
  return translation.flatMap((section, at) => {
    const expected = original[at]
    if (expected === undefined) return []
    const differences = [
      ...compareCode(expected, section),
      ...compareTables(expected, section),
      ...compareCount('list items', expected.listItems, section.listItems),
      ...compareLinks(linksOf(expected, pair, pairs), linksOf(section, pair, pairs, true)),
      ...missingCode(expected, section),
    ]
    return differences.map((difference) => `«${section.heading || 'before the first heading'}»: ${difference}`)
  })
}

function compareHeadings(original: readonly Section[], translation: readonly Section[]): string | null {
  const at = original.findIndex(({ level }, index) => level !== translation[index]?.level)
  if (at < 0 && original.length === translation.length) return null
  const place = at < 0 ? original.length : at
  const [expected, came] = [original, translation].map((sections) => nameHeading(sections[place]))
  return `heading ${place + 1}: expected a translation of ${expected}; came ${came}. The headings must have the same levels in the same order`
}

function nameHeading(section: Section | undefined): string {
  return section === undefined ? 'none' : `«${`${'#'.repeat(section.level)} ${section.heading}`.trim()}»`
}

function compareCode(original: Section, translation: Section): readonly string[] {
  const [expected, came] = [original.codeBlocks, translation.codeBlocks]
  if (expected.length !== came.length) return compareCount('code blocks', expected.length, came.length)
  return came.flatMap((block, at) => {
    const counterpart = expected[at]
    if (counterpart === undefined) return []
    const isSpanishOutput = block.info === `${counterpart.info} es`
    if (!isSpanishOutput && block.info !== counterpart.info) {
      return [`code block ${at + 1}: expected the language «${counterpart.info}»; came «${block.info}»`]
    }
    const [wanted, found] = [counterpart, block].map((each) => comparedLines(each, isSpanishOutput))
    const line = firstDifference(wanted ?? [], found ?? [])
    if (line === null) return []
    return [
      `code block ${at + 1}: expected ${quote(wanted?.[line])}; came ${quote(found?.[line])} (line ${line + 1} of what is compared)`,
    ]
  })
}

/** The lines of a block, with what may be translated replaced by what stands for it. */
function comparedLines({ info, lines }: CodeBlock, isSpanishOutput: boolean): readonly string[] {
  const kept = isSpanishOutput ? lines.filter((line) => line.startsWith('$ ')) : lines
  const [language = ''] = info.split(' ')
  const hasComments = ['sh', 'bash', 'console', 'yaml', 'ini', 'toml'].includes(language)
  return kept.map((line) => {
    const isOutput = language === 'console' && !line.startsWith('$ ')
    const neutral = hasComments && !isOutput ? line.replace(/(?<=^|\s)#(?!!).*$/, '#') : line
    return neutral
      .replace(/--reason (["'])[^"']*\1/g, '--reason "…"')
      .replace(/ --lang(?:uage)?[ =](?:en|es)\b/g, '')
      .trimEnd()
  })
}

function firstDifference(left: readonly string[], right: readonly string[]): number | null {
  const longer = left.length > right.length ? left : right
  const at = longer.findIndex((_, index) => left[index] !== right[index])
  return at < 0 ? null : at
}

function quote(line: string | undefined): string {
  return line === undefined ? 'no further line' : `«${line}»`
}

function compareTables(original: Section, translation: Section): readonly string[] {
  const [expected, came] = [original.tables, translation.tables]
  if (expected.length !== came.length) return compareCount('tables', expected.length, came.length)
  return came.flatMap((rows, at) => {
    const counterpart = expected[at] ?? []
    const table = `table ${at + 1}`
    if (rows.length !== counterpart.length) return compareCount(`rows in ${table}`, counterpart.length, rows.length)
    const row = rows.findIndex((cells, index) => cells !== counterpart[index])
    return row < 0 ? [] : compareCount(`cells in row ${row + 1} of ${table}`, counterpart[row] ?? 0, rows[row] ?? 0)
  })
}

function compareCount(what: string, expected: number, came: number): readonly string[] {
  return expected === came ? [] : [`expected ${expected} ${what}; came ${came}`]
}

function compareLinks(expected: readonly string[], came: readonly string[]): readonly string[] {
  const missing = without(expected, came).map((link) => `the link to ${link} is missing`)
  return [...missing, ...without(came, expected).map((link) => `the page does not have the link to ${link}`)]
}

/** The items of a list that another list does not have, or has fewer times. */
function without(list: readonly string[], other: readonly string[]): readonly string[] {
  const left = [...other]
  return list.filter((item) => {
    const at = left.indexOf(item)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/**
 * The links of a section, as paths from the root and anchors of the pages in English. A link from a page to its own translation, or from a
 * translation to its page, is left out, and so is a link from a page to the translation of another page.
 */
function linksOf(section: Section, pair: Pair, pairs: readonly Pair[], isTranslation = false): readonly string[] {
  const here = isTranslation ? pair.translation.path : pair.original.path
  return section.links.flatMap((link) => {
    if (/^[a-z]+:/.test(link)) return [link]
    const [path = '', anchor] = link.split('#', 2)
    const target = path === '' ? here : posix.normalize(posix.join(posix.dirname(here), path))
    if (!isTranslation) {
      return pairs.some(({ translation }) => translation.path === target) ? [] : [joinAnchor(target, anchor)]
    }
    if (target === pair.original.path && anchor === undefined) return []
    return [nameTarget(target, anchor, pairs)]
  })
}

/**
 * Names the target of a translation’s link by the page, or the picture, in English. Says so if there is a translation that the link should lead to. A picture of
 * words has its language in its name: `console-search.es.webp`.
 */
function nameTarget(target: string, anchor: string | undefined, pairs: readonly Pair[]): string {
  const translated = pairs.find(({ translation }) => translation.path === target)
  if (translated !== undefined) return joinAnchor(translated.original.path, translateAnchor(anchor, translated))
  const picture = /^(.+)\.(en|es)(\.webp)$/.exec(target)
  if (picture !== null) {
    const [, name = '', language, ending = ''] = picture
    return language === 'en' ? `${target} in English, although it has a picture in Spanish` : `${name}.en${ending}`
  }
  const better = pairs.find(({ original }) => original.path === target)
  return better === undefined
    ? joinAnchor(target, anchor)
    : `${target} in English, although ${better.translation.path} exists`
}

/** Finds the anchor of the heading in English that has the same place as a heading of the translation. */
function translateAnchor(anchor: string | undefined, { original, translation }: Pair): string | undefined {
  if (anchor === undefined) return undefined
  const headings = readSections(withoutMark(translation.text)).map(({ heading }) => anchorOf(heading))
  const at = headings.indexOf(anchor)
  return at < 0 ? `${anchor} (no such heading)` : anchorOf(readSections(original.text)[at]?.heading ?? '')
}

function joinAnchor(path: string, anchor: string | undefined): string {
  return anchor === undefined ? path : `${path}#${anchor}`
}

/** Names the words of code that only the page has: commands, options, files and codes. A translation may have more. */
function missingCode(original: Section, translation: Section): readonly string[] {
  const came = new Set(translation.codeSpans.map(withoutPlaceholders))
  const missing = original.codeSpans.filter((code) => !came.has(withoutPlaceholders(code)))
  return [...new Set(missing)].map((code) => `\`${code}\` is missing`)
}

/** Replaces the words in capitals that stand for a value, such as FILE in `--out FILE`, because a translation translates them. */
function withoutPlaceholders(code: string): string {
  if (/^\p{Lu}+$/u.test(code)) return code
  return code.replace(/(?<![\p{L}\p{N}_])\p{Lu}{2,}(?![\p{L}\p{N}_])/gu, '…')
}
