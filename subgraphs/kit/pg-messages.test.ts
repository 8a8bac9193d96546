import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { randomCases } from '../../tests/share.ts'
import { createMessageWriter, type MessageWriter } from './pg-messages.ts'

type Step =
  | { readonly kind: 'parse'; readonly name: string; readonly text: string }
  | { readonly kind: 'bind'; readonly name: string; readonly values: readonly (string | null)[] }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'describe' | 'execute' | 'sync' }

/** What `pg` itself writes. */
interface Oracle {
  parse(message: object): void
  bind(message: object): void
  describe(message: object): void
  execute(message: object): void
  close(message: object): void
  sync(): void
}

function writeByPg(steps: readonly Step[]): Buffer {
  const stream = new PassThrough({ highWaterMark: 100_000_000 })
  const oracle = new pg.Connection({ stream } as never) as unknown as Oracle
  for (const step of steps) {
    if (step.kind === 'parse') oracle.parse(step)
    else if (step.kind === 'bind') oracle.bind({ statement: step.name, values: step.values })
    else if (step.kind === 'close') oracle.close({ type: 'S', name: step.name })
    else if (step.kind === 'describe') oracle.describe({ type: 'P', name: '' })
    else if (step.kind === 'execute') oracle.execute({})
    else oracle.sync()
  }
  return (stream.read() as Buffer | null) ?? Buffer.alloc(0)
}

function write(writer: MessageWriter, steps: readonly Step[]): Buffer {
  for (const step of steps) {
    if (step.kind === 'parse') writer.parse(step.name, step.text)
    else if (step.kind === 'bind') writer.bind(step.name, step.values)
    else if (step.kind === 'close') writer.close(step.name)
    else writer[step.kind]()
  }
  return writer.take()
}

interface Message {
  readonly type: string
  readonly body: Buffer
}

/** Cuts data into messages. */
function readMessages(data: Buffer): readonly Message[] {
  const found: Message[] = []
  for (let at = 0; at < data.length; ) {
    const end = at + 1 + data.readUInt32BE(at + 1)
    found.push({ type: data.toString('latin1', at, at + 1), body: data.subarray(at + 5, end) })
    at = end
  }
  return found
}

/** Reads a Bind message into what it says: a code for each format and one for all are the same. */
function meaningOf({ type, body }: Message): unknown {
  if (type !== 'B') return { type, body: body.toString('hex') }
  let at = body.indexOf(0, body.indexOf(0) + 1) + 1
  const names = body.toString('utf8', 0, at)
  const readNumber = (): number => {
    at += 2
    return body.readUInt16BE(at - 2)
  }
  const formats = Array.from({ length: readNumber() }, readNumber)
  const values = Array.from({ length: readNumber() }, () => {
    const length = body.readInt32BE(at)
    at += 4 + Math.max(0, length)
    return length < 0 ? null : body.toString('hex', at - length, at)
  })
  const results = Array.from({ length: readNumber() }, readNumber)
  return {
    type,
    names,
    values,
    areTexts: [...formats, ...results].every((code) => code === 0),
    ends: at === body.length,
  }
}

const MOST_VALUES: readonly string[] = Array(65_535).fill('a')

const name = fc.constantFrom('', 'istmo1', 'istmo64', 'Ñ')
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    'Núñez',
    '日本',
    '😀',
    `{${'"GT:P-000001",'.repeat(100)}}`,
    'Ñ'.repeat(40_000),
    'a'.repeat(200_000),
  ),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('parse' as const), name, text }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('bind' as const),
      name,
      values: fc.array(fc.option(text), { maxLength: 6 }),
    }),
  },
  fc.record({ kind: fc.constant('close' as const), name }),
  fc.record({ kind: fc.constantFrom('describe' as const, 'execute' as const, 'sync' as const) }),
)

describe('messages to a server', () => {
  it('say what those of `pg` say, batch after batch', () => {
    const writer = createMessageWriter()
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        expect(readMessages(write(writer, steps)).map(meaningOf)).toEqual(readMessages(writeByPg(steps)).map(meaningOf))
      }),
      { numRuns: randomCases(200) },
    )
  })

  it('have no more values than their number can say', () => {
    const writer = createMessageWriter()
    const steps: readonly Step[] = [{ kind: 'bind', name: 'a', values: MOST_VALUES }]
    expect(readMessages(write(writer, steps)).map(meaningOf)).toEqual(readMessages(writeByPg(steps)).map(meaningOf))
    expect(() => writer.bind('a', [...MOST_VALUES, 'a'])).toThrow(
      new RangeError('expected at most 65535 values of a statement; came 65536'),
    )
    expect(writer.take().length).toBe(0)
  })

  it('are not changed by those that are written after them', () => {
    const writer = createMessageWriter()
    const first = write(writer, [{ kind: 'bind', name: 'a', values: ['GT:P-1'] }])
    const before = first.toString('hex')
    write(writer, [{ kind: 'bind', name: 'b', values: ['HN:P-2'] }])
    expect(first.toString('hex')).toBe(before)
  })
})
