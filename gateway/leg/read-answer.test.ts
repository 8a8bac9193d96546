import { describe, expect, it } from 'vitest'
import { BadAnswer, readAnswer } from './read-answer.ts'

async function* bodyOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

function read(text: string): ReturnType<typeof readAnswer> {
  return readAnswer({ status: 200, headers: { 'content-type': 'application/json' }, body: bodyOf(text) }, 1 << 20)
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
