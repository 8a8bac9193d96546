import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parseRight } from './testing.ts'
import { compileDateFormat } from './value-forms.ts'

const ROOT = new URL('../../', import.meta.url)
const page = readFileSync(new URL('docs/mapping.md', ROOT), 'utf8')
const [crosswalk = ''] = [...page.matchAll(/^```csv\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)

it.each(examples.map((text, index) => [index + 1, text] as const))(
  'example %i of docs/mapping.md is right',
  (_, text) => {
    const { feeds, warnings } = parseRight(text, () => crosswalk)
    expect(feeds.length).toBeGreaterThan(0)
    expect(warnings).toEqual([])
  },
)

it('each form of dates on the page reads what the page says', () => {
  const rows = [...page.matchAll(/^\| (`[^|]+`)[^|]* \| (`[^|]+?)\|$/gm)].map(
    ([, texts = '', forms = '']) => [texts, forms] as const,
  )
  const inCode = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
  const dates = rows.filter(([texts]) => /\d|marzo/.test(texts))
  expect(dates.length).toBeGreaterThanOrEqual(5)
  for (const [texts, forms] of dates) {
    const written = inCode(texts)
    const formats = inCode(forms).filter((form) => /YY/.test(form))
    for (const [index, text] of written.entries()) {
      const compiled = compileDateFormat(formats[index] ?? '', 1930)
      expect([text, 'read' in compiled && compiled.read(text)]).toEqual([text, expect.objectContaining({ month: 3 })])
    }
  }
})
