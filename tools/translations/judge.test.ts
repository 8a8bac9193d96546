import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeTranslation } from './judge.ts'
import { findAge, makeMark, readMark, withMark, withoutMark } from './mark.ts'
import { arbitraryPage, makePair, ORIGINAL, OTHER, TRANSLATION } from './testing.ts'

describe('the age of a translation', () => {
  const accepted = (original = ORIGINAL) => withMark(TRANSLATION, makeMark('docs/page.md', original))
  const judge = (translation: string, original = ORIGINAL) => {
    const pair = makePair(translation, original)
    return judgeTranslation(pair, [pair, OTHER])
  }

  it('is nothing to speak of when the page is the one that was translated', () => {
    expect(judge(accepted())).toEqual([])
    expect(withoutMark(accepted())).toBe(TRANSLATION)
    expect(accepted()).toMatch(/^<!-- translation of docs\/page\.md at [0-9a-f]{12}\n {5}[0-9a-f]{8} /)
    expect(withMark(accepted(), makeMark('docs/page.md', ORIGINAL))).toBe(accepted())
  })

  it('names the page and the headings whose text has changed, in both languages, and the command that accepts', () => {
    expect(judge(accepted(), ORIGINAL.replace('or wait', 'or wait an hour'))).toEqual([
      'it is older than docs/page.md. Changed there since: «The first». Outdated here: «La primera». ' +
        'Translate what has changed, then: node tools/translations/translations.ts --accept docs/es/page.md',
    ])
  })

  it('is nothing to speak of when lines were only broken in other places', () => {
    expect(judge(accepted(), ORIGINAL.replace('For everybody. Read', 'For everybody.\nRead'))).toEqual([])
  })

  it('is nothing to speak of when a table has changed that is written on both pages', () => {
    const withTable = (page: string, row: string) =>
      `${page}\n<!-- mapping-fields -->\n### x\n\n${row}\n<!-- /mapping-fields -->\n`
    const mark = makeMark('docs/page.md', withTable(ORIGINAL, 'one'))
    expect(findAge(mark, withTable(ORIGINAL, 'two'), withTable(accepted(), 'dos'))).toBeNull()
    expect(findAge(mark, withTable(ORIGINAL.replace('or wait', 'or'), 'two'), withTable(accepted(), 'dos'))).toEqual({
      changed: ['The first'],
      outdated: ['La primera'],
    })
  })

  it('names a section that is new, and one that is gone', () => {
    const mark = makeMark('docs/page.md', ORIGINAL)
    const without = ORIGINAL.replace(/## The second.*/s, '')
    expect(findAge(mark, `${ORIGINAL}## More\n`, accepted())).toEqual({ changed: ['More'], outdated: [] })
    expect(findAge(mark, without, accepted())).toEqual({ changed: [], outdated: ['La segunda', 'Un detalle'] })
  })

  it.each([
    ['a mark', TRANSLATION, 'expected a first line such as <!-- translation of docs/page.md at …; came none.'],
    [
      'the mark of its own page',
      withMark(TRANSLATION, makeMark('docs/other.md', ORIGINAL)),
      'its first line names docs/other.md',
    ],
    ['a link to its page', accepted().replace('[aquí](../page.md)', 'aquí'), 'expected a link to docs/page.md'],
  ])('demands %s', (_, translation, expected) => {
    expect(judge(translation).join('\n')).toContain(expected)
  })

  it('reads the mark that it wrote, for any page', () => {
    fc.assert(
      fc.property(arbitraryPage(), (page) => {
        const mark = makeMark('docs/page.md', page)
        expect(readMark(withMark('# T\n', mark))).toEqual(mark)
        expect(findAge(mark, page, '# T\n')).toBeNull()
        expect(findAge(mark, `${page}\nmore\n`, '# T\n')?.changed).toHaveLength(1)
      }),
    )
  })
})
