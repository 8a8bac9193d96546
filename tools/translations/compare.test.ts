import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareTranslation } from './compare.ts'
import { arbitraryLines, joinLines, makePair, ORIGINAL, OTHER, type PlannedLine, TRANSLATION } from './testing.ts'

const compare = (translation: string) => {
  const pair = makePair(translation)
  return compareTranslation(pair, [pair, OTHER])
}

describe('the comparison of a translation with its page', () => {
  it('accepts another language, translated comments, reasons, placeholders and anchors', () => {
    expect(compare(TRANSLATION)).toEqual([])
  })

  it.each([
    ['a heading less', '### Un detalle\n', '', 'heading 4: expected a translation of «### A detail»; came none.'],
    [
      'a heading more',
      '## La segunda',
      '## Otra\n\n## La segunda',
      'heading 4: expected a translation of «### A detail»; came «## La segunda».',
    ],
    [
      'a heading of another level',
      '### Un',
      '## Un',
      'heading 4: expected a translation of «### A detail»; came «## Un detalle».',
    ],
    [
      'another command',
      'istmo map cases.csv',
      'istmo map casos.csv',
      '«La primera»: code block 1: expected «istmo map cases.csv #»; came «istmo map casos.csv #»',
    ],
    ['a comment less', ' # inventado', '', '«La segunda»: code block 1: expected «country: NI #»; came «country: NI»'],
    [
      'a line less',
      '   cases: { from: expediente }\n',
      '',
      '«La segunda»: code block 1: expected «cases: { from: expediente }»; came no further line',
    ],
    [
      'an output that is translated',
      'nothing is wrong',
      'todo bien',
      '«Un detalle»: code block 1: expected «HOLDS: nothing is wrong # really»; came «HOLDS: todo bien # really»',
    ],
    [
      'another language of a block',
      '```yaml',
      '```json',
      '«La segunda»: code block 1: expected the language «yaml»; came «json»',
    ],
    ['a row less', '| `NOT_HERE` | no existe ese campo |\n', '', '«La primera»: expected 4 rows in table 1; came 3'],
    [
      'a cell less',
      '| `NOT_HERE` | no existe',
      '| `NOT_HERE` no existe',
      '«La primera»: expected 2 cells in row 4 of table 1; came 1',
    ],
    ['an item less', '- Vea [la', 'Vea [la', '«La primera»: expected 2 list items; came 1'],
    [
      'a link less',
      '[la segunda](#la-segunda)',
      'la segunda',
      '«La primera»: the link to docs/page.md#the-second is missing',
    ],
    [
      'a link to an anchor in English',
      '(#la-segunda)',
      '(#the-second)',
      '«La primera»: the link to docs/page.md#the-second is missing',
    ],
    [
      'another address',
      '<https://example.org/>',
      '<https://example.com/>',
      '«Una página»: the link to https://example.org/ is missing',
    ],
    [
      'a link to a page in English that is translated',
      '(other.md#la-segunda)',
      '(../other.md#the-second)',
      '«Una página»: the page does not have the link to docs/other.md in English, although docs/es/other.md exists',
    ],
    ['a code less', '`NOT_HERE`', 'otro', '«La primera»: `NOT_HERE` is missing'],
    [
      'an option less',
      '`istmo keys --out ARCHIVO`',
      '`istmo keys`',
      '«La primera»: `istmo keys --out FILE` is missing',
    ],
  ])('names %s', (_, text, replacement, expected) => {
    expect(TRANSLATION).toContain(text)
    const found = compare(TRANSLATION.replace(text, replacement))
    expect(
      found.some((sentence) => sentence.startsWith(expected)),
      found.join('\n'),
    ).toBe(true)
  })

  it.each([
    ['../images/a.es.webp', []],
    [
      '../images/a.en.webp',
      [
        '«Una página»: the link to docs/images/a.en.webp is missing',
        '«Una página»: the page does not have the link to docs/images/a.en.webp in English, although it has a picture in Spanish',
      ],
    ],
  ])('wants the picture in the language of the page: %s', (picture, expected) => {
    const original = ORIGINAL.replace('# A page\n', '# A page\n\n![A list](images/a.en.webp)\n')
    const translation = TRANSLATION.replace('# Una página\n', `# Una página\n\n![Una lista](${picture})\n`)
    const pair = makePair(translation, original)
    expect(compareTranslation(pair, [pair, OTHER])).toEqual(expected)
  })

  it('compares only the commands of a block that shows what a command writes in Spanish', () => {
    const shown = TRANSLATION.replace('```console\n', '```console es\n').replace('nothing is wrong', 'todo bien')
    expect(compare(shown)).toEqual([])
    expect(compare(shown.replace('$ istmo check', '$ istmo check --lang es'))).toEqual([])
    expect(compare(shown.replace('$ istmo check', '$ istmo doctor'))).toEqual([
      '«Un detalle»: code block 1: expected «$ istmo check»; came «$ istmo doctor» (line 1 of what is compared)',
    ])
  })
})

describe('any made-up page', () => {
  it('is the same in both languages, and differs when any line of the translation is gone', () => {
    fc.assert(
      fc.property(arbitraryLines(), fc.nat(), (lines, chosen) => {
        const compareWith = (translated: readonly PlannedLine[]) => {
          const pair = makePair(joinLines(translated, 1), joinLines(lines, 0))
          return compareTranslation(pair, [pair])
        }
        expect(compareWith(lines)).toEqual([])
        const gone = chosen % lines.length
        const rest = lines.filter((_, at) => at !== gone)
        // Words of code that stand in a section twice may be there once.
        const isCode = lines[gone]?.[0].startsWith('Type') ?? false
        if (!isCode) expect(compareWith(rest).length).toBeGreaterThan(0)
      }),
    )
  })
})
