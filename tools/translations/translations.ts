import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../../service/command-line.ts'
import type { CommandSpec } from '../../service/command-spec.ts'
import { ROOT } from '../structure/modules.ts'
import { compareTranslation, type Pair } from './compare.ts'
import { judgeTranslation } from './judge.ts'
import { makeMark, withMark } from './mark.ts'
import { readTranslations } from './pairs.ts'

/** `node tools/translations/translations.ts`: shows which translations are older than their pages, or have another structure. */

const TRANSLATIONS = {
  name: 'node tools/translations/translations.ts',
  description:
    'Shows each translation that is older than its page, or that has another structure. Exits with 1 if there is one.',
  options: {
    accept: {
      flag: 'accept',
      value: 'page',
      meaning: 'write into this translation that it says what its page says now; may be given several times',
      expected: 'the path of a translation or of its page, such as docs/es/auditing.md',
      isRepeated: true,
    },
  },
} as const satisfies CommandSpec

/** Writes the mark of a translation, unless its structure differs from that of its page. @returns whether it is written. */
function accept({ original, translation }: Pair, pairs: readonly Pair[]): boolean {
  const differences = compareTranslation({ original, translation }, pairs)
  if (differences.length > 0) {
    report(translation.path, ['not accepted, because its structure differs from that of its page', ...differences])
    return false
  }
  writeFileSync(join(ROOT, translation.path), withMark(translation.text, makeMark(original.path, original.text)))
  process.stdout.write(`${translation.path}: says what ${original.path} says now\n`)
  return true
}

function report(path: string, sentences: readonly string[]): void {
  for (const sentence of sentences) process.stderr.write(`${path}: ${sentence}\n`)
}

function acceptAll(paths: readonly string[]): boolean {
  const { pairs } = readTranslations(ROOT)
  const accepted = paths.map((path) => {
    const pair = pairs.find(({ original, translation }) => [original.path, translation.path].includes(path))
    if (pair !== undefined) return accept(pair, pairs)
    report(path, [`expected one of ${pairs.map(({ translation }) => translation.path).join(', ')}, or its page`])
    return false
  })
  return !accepted.includes(false)
}

function showAll(): boolean {
  const { pairs, orphans } = readTranslations(ROOT)
  for (const path of orphans) report(path, ['expected a translation of a page; its page does not exist'])
  const wrong = pairs.filter((pair) => {
    const sentences = judgeTranslation(pair, pairs)
    report(pair.translation.path, sentences)
    if (sentences.length === 0) process.stdout.write(`${pair.translation.path}: says what ${pair.original.path} says\n`)
    return sentences.length > 0
  })
  return wrong.length + orphans.length === 0
}

await runCommand(TRANSLATIONS, process.argv.slice(2), ({ accept: paths }) => {
  const isRight = paths.length > 0 ? acceptAll(paths) : showAll()
  return isRight ? 0 : 1
})
