import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { makeMappingSchema } from '../../tools/generate/mapping-page.ts'

const schema = z.fromJSONSchema(makeMappingSchema())
const ROOT = new URL('../../', import.meta.url)

const page = readFileSync(new URL('docs/mapping.md', ROOT), 'utf8')
const examples = [...page.matchAll(/^```yaml\n(country:[\s\S]*?)^```$/gm)].map(([, text = '']) => text)
const mappings = readdirSync(new URL('countries/', ROOT)).filter((file) => file.endsWith('.mapping.yaml'))

describe('the schema for editors', () => {
  it.each(examples.map((text, index) => [index + 1, text] as const))('accepts example %i of the page', (_, text) => {
    expect(schema.safeParse(parse(text)).error?.issues ?? []).toEqual([])
  })

  it.each(mappings)('accepts %s', (file) => {
    const text = readFileSync(new URL(`countries/${file}`, ROOT), 'utf8')
    expect(schema.safeParse(parse(text)).error?.issues ?? []).toEqual([])
  })

  it.each([
    ['a key that is mistyped', 'country: NI\nsource: { csv: {} }\ncases: { statsu: e }'],
    ['a key of a rule that is mistyped', 'country: NI\nsource: { csv: {} }\ncases: { status: { colum: e } }'],
    ['a word that is not of the contract', 'country: NI\nsource: { csv: {} }\ncases: { status: { value: OPENED } }'],
    [
      'such a word in a table',
      'country: NI\nsource: { csv: {} }\ncases: { status: { column: e, values: { A: OPENED } } }',
    ],
    ['a child at the top', 'country: NI\nsource: { csv: {} }\noffences: { label: l }'],
    ['no country', 'source: { csv: {} }\ncases: { id: e }'],
    ['a form of dates for a text', 'country: NI\nsource: { csv: {} }\ncases: { court: { column: c, format: DD } }'],
  ])('refuses %s', (_, text) => {
    expect(schema.safeParse(parse(text)).success).toBe(false)
  })
})

it('the page has examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(2)
  expect(mappings.length).toBeGreaterThanOrEqual(2)
})
