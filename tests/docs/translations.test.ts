import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareTranslation, type Pair } from '../../tools/translations/compare.ts'
import { judgeTranslation } from '../../tools/translations/judge.ts'
import { findAge, makeMark, readMark, withMark, withoutMark } from '../../tools/translations/mark.ts'
import { readTranslations } from '../../tools/translations/pairs.ts'
import { readSections } from '../../tools/translations/sections.ts'
import { ROOT } from '../../tools/structure/modules.ts'

/** The pages that Spanish speakers need to join, to run a node, to stop something and to audit. */
const TRANSLATED = ['README.md', 'docs/auditing.md', 'docs/emergencies.md', 'docs/glossary.md']

/** One line of a made-up page that a translation must have too, and a line of its translation. */
type PlannedLine = readonly [english: string, spanish: string]

const LINES: readonly PlannedLine[] = [
  ['## Who asks', '## Quién pregunta'],
  ['### Why', '### Por qué'],
  ['See [that](https://example.org/a).', 'Vea [eso](https://example.org/a).'],
  ['Type `istmo check --all`.', 'Escriba `istmo check --all`.'],
  ['```sh\nistmo map\n```', '```sh\nistmo map\n```'],
  ['~~~yaml\n## not a heading\n| not | a table |\n~~~', '~~~yaml\n## no es un título\n| not | a table |\n~~~'],
  ['| a | b |\n|---|---|\n| 1 | 2 |\n', '| c | d |\n|---|---|\n| 1 | 2 |\n'],
  ['- an item', '- un elemento'],
]

const arbitraryLines = () => fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 20 })
const join = (lines: readonly PlannedLine[], language: 0 | 1) =>
  lines.map((line) => `${line[language]}\n\nText.\n\n`).join('')
const arbitraryPage = () => arbitraryLines().map((lines) => join(lines, 0))

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

const ORIGINAL = `# A page

For everybody. Read [the other page](other.md#the-second) and <https://example.org/>. In Spanish: [here](es/page.md).

## The first

- Type \`istmo keys --out FILE\`, or wait.
- See [the second](#the-second).

\`\`\`sh
# Make a key.
istmo suspend --domain cases --reason "a drill" --language en --folder x
istmo map cases.csv # proposes a mapping
\`\`\`

| code | meaning |
|---|---|
| \`NOT_SIGNED\` | your key \\| theirs |
| \`NOT_HERE\` | no such field |

## The second

1. Put it there:

   \`\`\`yaml
   country: NI # made up
   cases: { from: expediente }
   \`\`\`

### A detail

\`\`\`console
$ istmo check
HOLDS: nothing is wrong # really
\`\`\`
`

const TRANSLATION = `# Una página

Para todos. Lea [la otra página](other.md#la-segunda) y <https://example.org/>. En inglés: [aquí](../page.md).

## La primera

- Escriba \`istmo keys --out ARCHIVO\`, o espere.
- Vea [la segunda](#la-segunda).

\`\`\`sh
# Haga una clave.
istmo suspend --domain cases --reason "un simulacro" --folder x
istmo map cases.csv # propone un mapeo
\`\`\`

| código | significado |
|---|---|
| \`NOT_SIGNED\` | su clave o la de ellos |
| \`NOT_HERE\` | no existe ese campo |

## La segunda

1. Póngalo allí:

   \`\`\`yaml
   country: NI # inventado
   cases: { from: expediente }
   \`\`\`

### Un detalle

\`\`\`console
$ istmo check
HOLDS: nothing is wrong # really
\`\`\`
`

const OTHER: Pair = {
  original: { path: 'docs/other.md', text: '# Other\n\n## The second\n' },
  translation: { path: 'docs/es/other.md', text: '# Otra\n\n## La segunda\n' },
}

function madeUp(translation: string, original = ORIGINAL): Pair {
  return {
    original: { path: 'docs/page.md', text: original },
    translation: { path: 'docs/es/page.md', text: translation },
  }
}

const compare = (translation: string) => {
  const pair = madeUp(translation)
  return compareTranslation(pair, [pair, OTHER])
}

describe('the comparison of a translation with its page', () => {
  it('accepts another language, translated comments, reasons, placeholders and anchors', () => {
    expect(compare(TRANSLATION)).toEqual([])
  })

  it.each([
    ['a heading less', '### Un detalle\n', '', 'heading 4: expected a translation of «### A detail»; came none.'],
    ['a heading more', '## La segunda', '## Otra\n\n## La segunda', 'heading 4: expected a translation of «### A detail»; came «## La segunda».'],
    ['a heading of another level', '### Un', '## Un', 'heading 4: expected a translation of «### A detail»; came «## Un detalle».'],
    ['another command', 'istmo map cases.csv', 'istmo map casos.csv', '«La primera»: code block 1: expected «istmo map cases.csv #»; came «istmo map casos.csv #»'],
    ['a comment less', ' # inventado', '', '«La segunda»: code block 1: expected «country: NI #»; came «country: NI»'],
    ['a line less', '   cases: { from: expediente }\n', '', '«La segunda»: code block 1: expected «cases: { from: expediente }»; came no further line'],
    ['an output that is translated', 'nothing is wrong', 'todo bien', '«Un detalle»: code block 1: expected «HOLDS: nothing is wrong # really»; came «HOLDS: todo bien # really»'],
    ['another language of a block', '```yaml', '```json', '«La segunda»: code block 1: expected the language «yaml»; came «json»'],
    ['a row less', '| `NOT_HERE` | no existe ese campo |\n', '', '«La primera»: expected 4 rows in table 1; came 3'],
    ['a cell less', '| `NOT_HERE` | no existe', '| `NOT_HERE` no existe', '«La primera»: expected 2 cells in row 4 of table 1; came 1'],
    ['an item less', '- Vea [la', 'Vea [la', '«La primera»: expected 2 list items; came 1'],
    ['a link less', '[la segunda](#la-segunda)', 'la segunda', '«La primera»: the link to docs/page.md#the-second is missing'],
    ['a link to an anchor in English', '(#la-segunda)', '(#the-second)', '«La primera»: the link to docs/page.md#the-second is missing'],
    ['another address', '<https://example.org/>', '<https://example.com/>', '«Una página»: the link to https://example.org/ is missing'],
    ['a link to a page in English that is translated', '(other.md#la-segunda)', '(../other.md#the-second)', '«Una página»: the page does not have the link to docs/other.md in English, although docs/es/other.md exists'],
    ['a code less', '`NOT_HERE`', 'otro', '«La primera»: `NOT_HERE` is missing'],
    ['an option less', '`istmo keys --out ARCHIVO`', '`istmo keys`', '«La primera»: `istmo keys --out FILE` is missing'],
  ])('names %s', (_, text, replacement, expected) => {
    expect(TRANSLATION).toContain(text)
    const found = compare(TRANSLATION.replace(text, replacement))
    expect(found.some((sentence) => sentence.startsWith(expected)), found.join('\n')).toBe(true)
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

describe('the age of a translation', () => {
  const accepted = (original = ORIGINAL) => withMark(TRANSLATION, makeMark('docs/page.md', original))
  const judge = (translation: string, original = ORIGINAL) => {
    const pair = madeUp(translation, original)
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

  it('names a section that is new, and one that is gone', () => {
    const mark = makeMark('docs/page.md', ORIGINAL)
    const without = ORIGINAL.replace(/## The second.*/s, '')
    expect(findAge(mark, `${ORIGINAL}## More\n`, accepted())).toEqual({ changed: ['More'], outdated: [] })
    expect(findAge(mark, without, accepted())).toEqual({ changed: [], outdated: ['La segunda', 'Un detalle'] })
  })

  it.each([
    ['a mark', TRANSLATION, 'expected a first line such as <!-- translation of docs/page.md at …; came none.'],
    ['the mark of its own page', withMark(TRANSLATION, makeMark('docs/other.md', ORIGINAL)), 'its first line names docs/other.md'],
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

describe('any made-up page', () => {
  it('is the same in both languages, and differs when any line of the translation is gone', () => {
    fc.assert(
      fc.property(arbitraryLines(), fc.nat(), (lines, chosen) => {
        const compareWith = (translated: readonly PlannedLine[]) => {
          const pair = madeUp(join(translated, 1), join(lines, 0))
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

  it('has no heading in a block that shows another block', () => {
    const page = '````md\n```\n# Not a heading\n```\n````\n# A heading\n'
    expect(readSections(page).map(({ heading }) => heading)).toEqual(['', 'A heading'])
  })

  it('is its sections, put together', () => {
    fc.assert(
      fc.property(arbitraryPage(), (page) => {
        expect(
          readSections(page)
            .map(({ text }) => text)
            .join(''),
        ).toBe(page)
      }),
    )
  })
})
