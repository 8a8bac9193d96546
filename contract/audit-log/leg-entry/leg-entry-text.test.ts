import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEntry, UnreadableEntryError } from '../entry.ts'
import { type ReceiptEntry, readLegEntryText } from './leg-entry-text.ts'
import { changeEntry, ENTRY_CHANGES, LEG_FORMS } from './testing.ts'

/** Writes a value in the canonical form: nothing in these entries needs more than sorted names. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  )
}

/** What the schema reads of an entry; null if it is not the entry of a leg in version 2. */
function readBySchema(text: string): ReceiptEntry | null {
  try {
    const entry = parseEntry(Buffer.from(text, 'latin1'))
    if (entry.kind !== 'leg' || entry.v === 1) return null
    const { country, domain, operationHash, records, requestHash, requestId, responseHash } = entry
    return { country, domain, operationHash, records, requestHash, requestId, responseHash }
  } catch (error) {
    if (error instanceof UnreadableEntryError) return null
    throw error
  }
}

/** Checks that what was read is what the schema reads. @returns whether anything was read. */
function isReadAsBySchema(text: string): boolean {
  const read = readLegEntryText(text)
  if (read === null) return false
  expect(read).toEqual(readBySchema(text))
  return true
}

describe('the text of a leg’s entry', () => {
  it('is read in all usual forms, and left to the schema if fields were denied', () => {
    expect(LEG_FORMS.map((form) => isReadAsBySchema(canonicalText(form)))).toEqual([true, true, true, true, false])
  })

  it('says what the schema reads, and nothing if the schema refuses it, whatever is changed in an entry', () => {
    const seen = { read: 0, left: 0 }
    fc.assert(
      fc.property(
        fc.constantFrom(...LEG_FORMS),
        fc.array(ENTRY_CHANGES, { minLength: 1, maxLength: 2 }),
        (form, changes) => {
          if (isReadAsBySchema(canonicalText(changeEntry(form, changes)))) seen.read += 1
          else seen.left += 1
        },
      ),
      { numRuns: 4_000 },
    )
    expect(Math.min(seen.read, seen.left)).toBeGreaterThan(100)
  })

  it('says what the schema reads, and nothing if the schema refuses it, whatever is changed in the text', () => {
    const signs = fc.constantFrom(
      '"',
      '\\',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      'a',
      'Z',
      '0',
      '7',
      '-',
      '.',
      ' ',
      '\n',
      'é',
      '',
    )
    const edits = fc.array(fc.tuple(fc.nat(2_000), fc.nat(2), signs), { minLength: 1, maxLength: 3 })
    const seen = { read: 0, left: 0 }
    fc.assert(
      fc.property(fc.constantFrom(...LEG_FORMS.slice(0, 4)), edits, (form, all) => {
        let text = canonicalText(form)
        for (const [place, length, sign] of all) {
          const at = place % text.length
          text = text.slice(0, at) + sign + text.slice(at + length)
        }
        if (isReadAsBySchema(text)) seen.read += 1
        else seen.left += 1
      }),
      { numRuns: 3_000 },
    )
    // About one change in thirty leaves the text of an entry. Many fewer would show little.
    expect(Math.min(seen.read, seen.left)).toBeGreaterThan(40)
  })

  it.each([
    ['another order of the members', (text: string) => text.replace(/^\{("access":[^,]+),(.*)\}$/, '{$2,$1}')],
    ['white space', (text: string) => text.replace(',', ', ')],
    ['a member twice', (text: string) => text.replace('{', '{"access":null,')],
    ['something behind it', (text: string) => `${text}\n`],
    ['a label that is too long', (text: string) => text.replace(/"gateway":"[^"]+"/, `"gateway":"${'g'.repeat(201)}"`)],
    ['a country that does not exist', (text: string) => text.replace('"country":"HN"', '"country":"XX"')],
    ['an officer of a country that does not exist', (text: string) => text.replace('"country":"GT"', '"country":"XX"')],
    ['version 1', (text: string) => text.replace('"v":2', '"v":1')],
  ])('is left to the schema with %s', (_, change) => {
    const text = canonicalText(LEG_FORMS[0])
    expect(change(text)).not.toBe(text)
    expect(readLegEntryText(text)).not.toBeNull()
    expect(readLegEntryText(change(text))).toBeNull()
  })
})
