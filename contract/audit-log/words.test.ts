import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ENTRY_KINDS, type EntryOf } from './entry.ts'
import { SAMPLE_ENTRIES, SAMPLE_LEG, SAMPLE_REQUEST, SAMPLE_SPLIT } from './testing.ts'
import { describeEntry, describeTime, entryLabels } from './words.ts'

const textOf = (lines: readonly { readonly label: string; readonly text: string }[], label: string) =>
  lines.find((line) => line.label === label)?.text

describe('an entry in words', () => {
  it('says in Spanish who asked, when, on which ground and who answered', () => {
    const { title, lines } = describeEntry(SAMPLE_REQUEST, 'es')
    expect(title).toBe('Alguien hizo una consulta a los países.')
    expect(textOf(lines, 'Cuándo')).toBe('2026-11-24 20:15:17 UTC')
    expect(textOf(lines, 'Quién')).toBe('analyst, GT-MP-FECO, Guatemala')
    expect(textOf(lines, 'Finalidad')).toBe('investigación')
    expect(textOf(lines, 'Quién respondió')).toMatch(/^Honduras \(cases\): respondió/)
    expect(textOf(lines, 'Número del asiento')).toBe(SAMPLE_REQUEST.id)
  })

  it('says the same in English', () => {
    const { lines } = describeEntry(SAMPLE_REQUEST, 'en')
    expect(textOf(lines, 'Who')).toBe('analyst, GT-MP-FECO, Guatemala')
    expect(textOf(lines, 'Who answered')).toMatch(/^Honduras \(cases\): answered/)
  })

  it('does not say that nobody answered if the answers stand in parts that are not at hand', () => {
    const [request, part] = SAMPLE_SPLIT
    const alone = describeEntry(request, 'es').lines
    expect(textOf(alone, 'Quién respondió')).toMatch(/^no está en este asiento, sino en su parte/)
    expect(textOf(alone, 'Qué se negó')).toMatch(/^no está en este asiento/)
    expect(textOf(describeEntry(request, 'es', [part]).lines, 'Quién respondió')).toMatch(
      /^Honduras \(cases\): respondió/,
    )
  })

  it('joins the lists of a request that was written in parts', () => {
    const [leg] = SAMPLE_REQUEST.legs
    if (leg === undefined) throw new Error('expected a leg')
    const part = {
      ...{
        v: 1,
        kind: 'continuation',
        id: SAMPLE_REQUEST.id,
        time: SAMPLE_REQUEST.time,
        of: SAMPLE_REQUEST.id,
        part: 1,
      },
      ...{ gateway: SAMPLE_REQUEST.gateway, coordinates: [], denied: [], legs: [{ ...leg, country: 'SV' }] },
    } as const satisfies EntryOf<'continuation'>
    const { lines } = describeEntry(SAMPLE_REQUEST, 'en', [part])
    expect(textOf(lines, 'Who answered')?.split('\n')).toHaveLength(SAMPLE_REQUEST.legs.length + 1)
    expect(textOf(lines, 'Who answered')).toContain('El Salvador (cases)')
  })

  it('says what a country was asked, through which gateway, and how many records it gave', () => {
    const { lines } = describeEntry(SAMPLE_LEG, 'en')
    expect(textOf(lines, 'Country')).toMatch(/^Honduras/)
    expect(textOf(lines, 'What was given')).toMatch(/^\d+ records?$/)
  })

  it('names the log of a leg by the country’s node, although the leg names the gateway too', () => {
    expect(textOf(describeEntry(SAMPLE_LEG, 'en').lines, 'Log')).toBe(SAMPLE_LEG.node)
  })

  it('names nobody for a request without a token', () => {
    expect(textOf(describeEntry({ ...SAMPLE_REQUEST, actor: null }, 'es').lines, 'Quién')).toMatch(/sin credencial/)
  })

  it.each(SAMPLE_ENTRIES.map((entry) => [entry.kind, entry] as const))('has a sentence for the kind %s', (_, entry) => {
    for (const language of ['es', 'en'] as const) {
      const { title, lines } = describeEntry(entry, language)
      expect(title).not.toMatch(/«/)
      expect(lines.every(({ label, text }) => label !== '' && text !== '' && !text.includes('[object'))).toBe(true)
    }
  })

  it('writes a time to the second, in UTC', () => {
    expect(describeTime('2026-11-24T20:15:17.123Z')).toBe('2026-11-24 20:15:17 UTC')
  })
})

describe('the words of entries', () => {
  const keysOf = (value: unknown): unknown =>
    typeof value === 'string'
      ? [...value.matchAll(/\{\{\w+\}\}/g)].length
      : Object.fromEntries(Object.entries(Object(value)).map(([key, each]) => [key, keysOf(each)]))

  it('have the same keys and holes in both languages, and each that the code says', () => {
    expect(keysOf(entryLabels('es'))).toEqual(keysOf(entryLabels('en')))
    const { labels, titles } = entryLabels('en')
    expect(Object.keys(titles).sort()).toEqual([...ENTRY_KINDS].sort())
    const code = readFileSync(new URL('words.ts', import.meta.url), 'utf8')
    const said = [...code.matchAll(/label\('(\w+)'/g)].map(([, key = '']) => key)
    const known = Object.keys(labels).map((key) => key.replace(/_(one|other)$/, ''))
    expect(new Set(said)).toEqual(new Set(known))
  })
})
