import { posix } from 'node:path'
import { compareTranslation, type Pair } from './compare.ts'
import { findAge, readMark, withoutMark } from './mark.ts'
import { readSections } from './sections.ts'

/**
 * Says what is wrong with a translation: it has another structure than its page, it does not link to its page, or it is older.
 *
 * @param pairs each page that has a translation, this one included.
 * @returns sentences, each with its remedy if it is not plain. Empty if nothing is wrong.
 */
export function judgeTranslation(pair: Pair, pairs: readonly Pair[]): readonly string[] {
  return [...compareTranslation(pair, pairs), ...judgeLink(pair), ...judgeAge(pair)]
}

function judgeLink({ original, translation }: Pair): readonly string[] {
  const folder = posix.dirname(translation.path)
  const targets = readSections(withoutMark(translation.text)).flatMap(({ links }) => links)
  if (targets.some((link) => posix.normalize(posix.join(folder, link)) === original.path)) return []
  return [`expected a link to ${original.path}, so that a reader finds the page in English; came none`]
}

function judgeAge({ original, translation }: Pair): readonly string[] {
  const accept = `node tools/translations/translations.ts --accept ${translation.path}`
  const mark = readMark(translation.text)
  if (mark === null) {
    return [`expected a first line such as <!-- translation of ${original.path} at …; came none. Write it: ${accept}`]
  }
  if (mark.original !== original.path) {
    return [`expected a translation of ${original.path}; its first line names ${mark.original}. Correct it: ${accept}`]
  }
  const age = findAge(mark, original.text, translation.text)
  if (age === null) return []
  return [
    `it is older than ${original.path}. Changed there since: ${list(age.changed)}. Outdated here: ${list(age.outdated)}. ` +
      `Translate what has changed, then: ${accept}`,
  ]
}

function list(headings: readonly string[]): string {
  return headings.length === 0 ? 'only the order of sections' : headings.map((heading) => `«${heading}»`).join(', ')
}
