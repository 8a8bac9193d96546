import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { BadAnswer } from './leg-failures.ts'
import { readAnswer } from './testing.ts'

async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

const ENDLESS = { takeBytes: () => undefined, spend: <Result>(work: () => Result) => work() }

function read(text: string, takeTurn = async () => {}): ReturnType<typeof readAnswer> {
  const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: bodyOf(text) }
  return readAnswer(answer, { maxBytes: 1 << 22, budget: ENDLESS, takeTurn })
}

function nested(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`
}

describe('the nesting of an answer', () => {
  it('is accepted as deep as operations go', async () => {
    const { data } = await read(`{"data":{"x":${nested(200)}}}`)
    expect(data).toEqual({ x: JSON.parse(nested(200)) })
  })

  it.each(['{"data":{"x":@}}', '{"data":{},"errors":[{"path":@}]}'])(
    'is refused before a stack is full in %s',
    async (text) => {
      await expect(read(text.replace('@', nested(50_000)))).rejects.toThrow(BadAnswer)
    },
  )
})

describe('an answer', () => {
  it.each([
    ['numbers', `{"data":{"x":[${'0,'.repeat(300_000)}0]}}`, 'expected at most 131072 values of JSON; came more'],
    ['errors', `{"data":{},"errors":[${'{},'.repeat(10_000)}{}]}`, 'expected at most 10000 errors; came 10001'],
    ['levels', `{"data":{"x":${nested(300)}}}`, 'expected at most 256 levels of JSON; came more'],
  ])('with too many %s is refused, with what was expected', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(new BadAnswer(message))
  })

  it.each([
    ['values', '{"data":{"x":[', '0,'.repeat(50_000)],
    ['levels', '{"data":{"x":', '['.repeat(200)],
  ])('with too many %s is not read to its end', async (_, beginning, part) => {
    let parts = 0
    async function* body(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(beginning)
      for (; parts < 100; parts++) yield Buffer.from(part)
    }
    const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: body() }
    const reading = { maxBytes: 1 << 22, budget: ENDLESS, takeTurn: async () => undefined }
    await expect(readAnswer(answer, reading)).rejects.toThrow('of JSON; came more')
    expect(parts).toBeLessThan(3)
  })

  it('that is coded has the same bounds after inflating', async () => {
    const body = gzipSync(`{"data":{"x":[${'0,'.repeat(300_000)}0]}}`)
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const answer = { status: 200, headers, body: Readable.from([body]) }
    const reading = { maxBytes: 1 << 22, budget: ENDLESS, takeTurn: async () => undefined }
    await expect(readAnswer(answer, reading)).rejects.toThrow('expected at most 131072 values of JSON; came more')
  })

  it('of more than 64 KiB is read in a turn and checked in another one, and a smaller one waits for none', async () => {
    let turns = 0
    const takeTurn = async (): Promise<void> => {
      turns += 1
    }
    await read(`{"data":{"x":"${'x'.repeat(60_000)}"}}`, takeTurn)
    expect(turns).toBe(0)
    await read(`{"data":{"x":"${'x'.repeat(70_000)}"}}`, takeTurn)
    expect(turns).toBe(2)
  })

  it('has the notes of the country, and nothing else of its extensions', async () => {
    const notes = [{ code: 'ROWS_DROPPED', count: 2, id: 'GT:P-12' }, { code: 'COVERAGE_PARTIAL' }]
    const answer = await read(JSON.stringify({ data: {}, extensions: { istmo: { notes, other: 1 }, tracing: {} } }))
    expect(answer).toEqual({
      kind: 'answered',
      data: {},
      errors: [],
      notes: [{ code: 'ROWS_DROPPED', count: 2 }, { code: 'COVERAGE_PARTIAL' }],
    })
    expect(await read('{"data":{},"extensions":{"tracing":{}}}')).toEqual({ kind: 'answered', data: {}, errors: [] })
  })

  it.each([{ code: 'ROWS_LOST' }, { code: 'ROWS_DROPPED', count: -1 }, 'ROWS_DROPPED', null])(
    'with the malformed note %j is refused',
    async (note) => {
      const text = JSON.stringify({ data: {}, extensions: { istmo: { notes: [note] } } })
      await expect(read(text)).rejects.toThrow(BadAnswer)
    },
  )
})
