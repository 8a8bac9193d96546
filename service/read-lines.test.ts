import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readLines } from './read-lines.ts'

async function read(parts: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of readLines(Readable.from(parts))) lines.push(line)
  return lines
}

const value = fc.anything({
  key: fc.string({ unit: 'binary' }),
  withDate: false,
  values: [fc.string({ unit: 'binary' })],
})

it('lines of JSON come back whatever is in them, and wherever the text is cut into parts', async () => {
  const cuts = fc.array(fc.nat({ max: 40 }), { maxLength: 10 })
  const texts = fc.array(
    value.map((each) => JSON.stringify(each) ?? 'null'),
    { maxLength: 5 },
  )
  await fc.assert(
    fc.asyncProperty(texts, cuts, fc.constantFrom('\n', '\r\n'), async (all, lengths, end) => {
      let rest = all.map((text) => `${text}${end}`).join('')
      const parts = lengths.map((length) => {
        const part = rest.slice(0, length)
        rest = rest.slice(length)
        return part
      })
      expect(await read([...parts, rest].filter((part) => part !== ''))).toEqual(all)
    }),
  )
})

it.each([
  ['a line without an end', ['a\nb'], ['a', 'b']],
  ['an empty line', ['a\n\n', 'b\n'], ['a', '', 'b']],
  ['a byte order mark', ['\uFEFFa\n\uFEFFb\n'], ['a', '\uFEFFb']],
  ['other separators of lines', ['a\u2028b\u2029c\u0085d\re\vf\n'], ['a\u2028b\u2029c\u0085d\re\vf']],
  ['nothing', [], []],
])('%s is read as it stands', async (_, parts, lines) => expect(await read(parts)).toEqual(lines))
