import { describe, expect, it } from 'vitest'
import { ROOT } from '../../tools/structure/modules.ts'
import { judgeTranslation } from '../../tools/translations/judge.ts'
import { readTranslations } from '../../tools/translations/pairs.ts'

/** The pages that Spanish speakers need to join, to run a node, to stop something and to audit. */
const TRANSLATED = ['README.md', 'docs/auditing.md', 'docs/emergencies.md', 'docs/glossary.md']

const { pairs, orphans } = readTranslations(ROOT)

describe('the pages in Spanish', () => {
  it('are there, and each translates a page', () => {
    expect(pairs.map(({ original }) => original.path)).toEqual(expect.arrayContaining(TRANSLATED))
    expect(orphans).toEqual([])
  })

  it.each(pairs.map((pair) => [pair.translation.path, pair] as const))('say what the page says: %s', (_, pair) => {
    expect(judgeTranslation(pair, pairs)).toEqual([])
  })

  it.each(pairs.map((pair) => [pair.translation.path, pair] as const))(
    'would be found without a heading, with another code block, without a link: %s',
    (_, pair) => {
      const judgeChanged = (change: (text: string) => string): readonly string[] => {
        const text = change(pair.translation.text)
        expect(text).not.toBe(pair.translation.text)
        return judgeTranslation({ ...pair, translation: { ...pair.translation, text } }, pairs)
      }
      expect(judgeChanged((text) => text.replace(/^## .*\n/m, ''))).toHaveLength(1)
      expect(judgeChanged((text) => `${text}\n\`\`\`sh\nistmo\n\`\`\`\n`)).toHaveLength(1)
      expect(judgeChanged((text) => text.replace(/\[([^\]]+)\]\([^)\s]+\)/g, '$1')).length).toBeGreaterThan(0)
    },
  )
})
