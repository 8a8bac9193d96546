import { describe, expect, it } from 'vitest'
import { readParsed } from './log-reader.ts'

const readerOf = (texts: readonly string[]) => ({
  async *entries(from = 0) {
    for (const [index, text] of texts.entries()) if (index >= from) yield { index, bytes: Buffer.from(text) }
  },
})
async function collect<Value>(values: AsyncIterable<Value>): Promise<readonly Value[]> {
  const all: Value[] = []
  for await (const value of values) all.push(value)
  return all
}
const parse = (bytes: Uint8Array): unknown => {
  if (bytes.length === 0) throw new Error('expected something')
  return JSON.parse(Buffer.from(bytes).toString())
}

describe('reading a log with entries that cannot be parsed', () => {
  it('yields each of them with its index and the reason, and goes on behind it', async () => {
    const read = await collect(readParsed(readerOf(['1', '', '3']), parse))
    expect(read.map((each) => ('reason' in each ? each : { index: each.index, entry: each.entry }))).toEqual([
      { index: 0, entry: 1 },
      { index: 1, reason: 'expected something' },
      { index: 2, entry: 3 },
    ])
  })

  it('begins where it should', async () => {
    const read = await collect(readParsed(readerOf(['1', '2', '3']), parse, 2))
    expect(read.map(({ index }) => index)).toEqual([2])
  })

  it('still fails if the log itself is damaged', async () => {
    const damaged = {
      // biome-ignore lint/correctness/useYield: it fails at its first entry.
      async *entries(): AsyncGenerator<never> {
        throw new Error('the log is damaged')
      },
    }
    await expect(collect(readParsed(damaged, parse))).rejects.toThrow('the log is damaged')
  })
})
