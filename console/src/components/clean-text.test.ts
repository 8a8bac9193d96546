import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanText, hasHidden } from './clean-text.ts'

describe('cleanText', () => {
  it.each([
    ['José Ñandú', 'José Ñandú'],
    ['Ana\u202Egnp.exe', 'Ana\uFFFDgnp.exe'],
    ['a\u0000b\u0007', 'a\uFFFDb\uFFFD'],
    ['zero\u200Bwidth\uFEFF', 'zero\uFFFDwidth\uFFFD'],
    ['one\ntwo\tthree', 'one two three'],
    ['tag\u{E0041}', 'tag\uFFFD'],
    ['a\u3164b\uFFA0c\u2800d', 'a\uFFFDb\uFFFDc\uFFFDd'],
    ['o\uFE0Fe\u034F', 'o\uFFFDe\uFFFD'],
    ['half \uD83D', 'half \uFFFD'],
    ['n\u0303', 'n\u0303'],
    [`a${'\u0300'.repeat(40)}b`, `a${'\u0300'.repeat(4)}\uFFFDb`],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean)
  })

  it('leaves no hidden character, and changes nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = cleanText(text)
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u)
        expect(hasHidden(clean)).toBe(false)
        expect(cleanText(clean)).toBe(clean)
      }),
    )
  })

  it('cuts a text that a country made endless', () => {
    expect(cleanText('x'.repeat(1_000_000)).length).toBeLessThan(5_000)
  })
})
