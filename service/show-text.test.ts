import fc from 'fast-check'
import { expect, it } from 'vitest'
import { executeCommand } from './command-line.ts'
import { showText } from './show-text.ts'

it.each([
  ['an escape code', '\u001b[2J\u001b[1;1Hall is well', '\\u001b[2J\\u001b[1;1Hall is well'],
  ['a return to the beginning of the line', 'wrong\rright', 'wrong\\u000dright'],
  ['a code of eight bits', '\u009b2Jx', '\\u009b2Jx'],
  ['a turned direction', 'NI:\u202e7-E\u202c', 'NI:\\u202e7-E\\u202c'],
  ['an end of a line that is no line feed', 'a\u2028b\u0085c', 'a\\u2028b\\u0085c'],
  ['letters of any script, lines and tabs', 'Ñandú\tשלום\n日本 👩‍⚖️', 'Ñandú\tשלום\n日本 👩‍⚖️'],
])('shows %s', (_name, text, shown) => {
  expect(showText(text)).toBe(shown)
})

it('leaves no control character but line feed and tab, and changes nothing else', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = showText(text)
      expect(shown).not.toMatch(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u)
      if (!/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(text)) expect(shown).toBe(text)
    }),
  )
})

it('is what a command writes of an error', async () => {
  let written = ''
  const stream = { write: (text: string) => (written += text) }
  const fail = () => {
    throw new Error('came «\u001b[2Jok»')
  }
  expect(await executeCommand({ name: 'istmo x', description: 'x' }, [], fail, { out: stream, err: stream })).toBe(1)
  expect(written).toBe('istmo x: came «\\u001b[2Jok»\n')
})
