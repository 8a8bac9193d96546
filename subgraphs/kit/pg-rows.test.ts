import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomCases } from '../../tests/share.ts'
import { rowForm, rowReader, tapRows } from './pg-rows.ts'
import { chooseReader } from './pg-values.ts'

/** Writes a message of the server: its type, its length, what it says. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

type Values = readonly (string | null)[]

function rowMessage(values: Values): Buffer {
  const count = Buffer.alloc(2)
  count.writeUInt16BE(values.length)
  const parts = values.map((value) => {
    const length = Buffer.alloc(4)
    const bytes = Buffer.from(value ?? '')
    length.writeInt32BE(value === null ? -1 : bytes.length)
    return Buffer.concat([length, bytes])
  })
  return message('D', Buffer.concat([count, ...parts]))
}

/** Cuts data into chunks, which also cut through messages. */
function cut(data: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = [0, ...places.map((place) => place % (data.length + 1)).toSorted((a, b) => a - b), data.length]
  return sorted.slice(1).map((end, i) => data.subarray(sorted[i], end))
}

const text = fc.oneof(
  fc.constantFrom('', 'LEGAL', 'GT:1', 'Núñez', 'Ñ', '日本', 'a'.repeat(300), '\u0000', '{GT,HN}'),
  fc.string({ unit: 'grapheme' }),
)
const values: fc.Arbitrary<Values> = fc.array(fc.option(text), { minLength: 3, maxLength: 3 })
const LEAVE = message('X', Buffer.from('leave')).toString('latin1')
const COLUMNS = ['a', 'b', 'c'].map((name) => ({ name, read: (one: string): unknown => one }))

describe('rows of a connection', () => {
  it('come with the values that were sent, and all other messages reach `pg` as they came, however the data are cut', () => {
    const other = fc.uint8Array({ maxLength: 9 }).map((body) => message('Z', Buffer.from(body)))
    const step = fc.oneof({ weight: 4, arbitrary: values }, other, fc.constant('leave' as const))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 12 }), (steps, places) => {
        const stream = new EventEmitter()
        const forwarded: Buffer[] = []
        let seen = ''
        stream.on('data', (chunk: Buffer) => {
          forwarded.push(chunk)
          // As at the end of an answer: whoever gets the message decides that the rows that follow belong to somebody else.
          seen += chunk.toString('latin1')
          if (seen.includes(LEAVE)) tap.taker = null
        })
        const rows: unknown[] = []
        const read = rowReader(rowForm(COLUMNS))
        const take = (chunk: Buffer, from: number) => void rows.push(read(chunk, from))
        const tap = tapRows(stream)
        tap.taker = { takeRow: take }
        let isTaking = true
        const expected: { rows: unknown[]; forwarded: Buffer[] } = { rows: [], forwarded: [] }
        const sent = steps.map((one) => {
          if (one === 'leave') {
            isTaking = false
            expected.forwarded.push(Buffer.from(LEAVE, 'latin1'))
            return Buffer.from(LEAVE, 'latin1')
          }
          const data = Buffer.isBuffer(one) ? one : rowMessage(one as Values)
          if (isTaking && !Buffer.isBuffer(one))
            expected.rows.push(Object.fromEntries(COLUMNS.map(({ name }, i) => [name, (one as Values)[i]])))
          else expected.forwarded.push(data)
          return data
        })
        for (const chunk of cut(Buffer.concat(sent), places)) stream.emit('data', chunk)
        expect(rows).toEqual(expected.rows)
        expect(Buffer.concat(forwarded).equals(Buffer.concat(expected.forwarded))).toBe(true)
      }),
      { numRuns: randomCases(300) },
    )
  })

  it('keep no message from `pg` that has come in whole, however the data are cut', () => {
    const step = fc.oneof(
      values.map(rowMessage),
      fc.uint8Array({ maxLength: 3 }).map((body) => message('Z', Buffer.from(body))),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 9 }), fc.array(fc.nat(), { maxLength: 9 }), (messages, places) => {
        const stream = new EventEmitter()
        let forwarded = 0
        stream.on('data', (chunk: Buffer) => {
          expect(chunk.length).toBeGreaterThan(0)
          forwarded += chunk.length
        })
        let rows = 0
        tapRows(stream).taker = {
          takeRow: () => {
            rows += 1
          },
        }
        let came = 0
        for (const chunk of cut(Buffer.concat(messages), places)) {
          stream.emit('data', chunk)
          came += chunk.length
          const whole = messages.filter((_, i) => Buffer.concat(messages.slice(0, i + 1)).length <= came)
          const others = whole.filter((each) => each.toString('latin1', 0, 1) !== 'D')
          expect(rows).toBe(whole.length - others.length)
          expect(forwarded).toBeGreaterThanOrEqual(Buffer.concat(others).length)
        }
      }),
      { numRuns: randomCases(200) },
    )
  })

  it('are taken at one place, however often a connection is used, and reach `pg` if nobody takes them', () => {
    const stream = new EventEmitter()
    const forwarded: Buffer[] = []
    stream.on('data', (chunk: Buffer) => void forwarded.push(chunk))
    expect(tapRows(stream)).toBe(tapRows(stream))
    expect(stream.listenerCount('data')).toBe(1)
    const row = rowMessage(['GT'])
    stream.emit('data', row)
    expect(forwarded).toEqual([row])
  })

  it('have each value read once for all rows that follow one another and write it alike', () => {
    const seen: string[] = []
    const keep = (one: string): unknown => {
      seen.push(one)
      return one
    }
    // A null begins with bytes that are not ASCII.
    const read = rowReader(rowForm(['a', 'none'].map((name) => ({ name, read: keep }))))
    const written = ['GT', 'GT', null, 'GT', 'HN', 'H', '', '', 'HN', 'Ñ', 'Ñ']
    for (const one of written) expect(read(rowMessage([one, null]), 5)).toEqual({ a: one, none: null })
    expect(seen).toEqual(['GT', 'HN', 'H', '', 'HN', 'Ñ', 'Ñ'])
  })

  it('are read as `pg` reads each value', () => {
    const types = [25, 16, 23, 1082, 1184, 1009, 3802]
    const readAsBefore = (all: Values) => all.map((one, i) => (one === null ? null : chooseReader(types[i] ?? 25)(one)))
    const form = rowForm(types.map((oid, i) => ({ name: String(i), read: chooseReader(oid) })))
    const any = fc.tuple(
      ...[
        fc.option(text),
        fc.constantFrom('t', 'f', null),
        fc.integer().map(String),
        fc.constantFrom('2026-11-28', null),
      ],
      ...[
        fc.constantFrom('2026-11-27 14:30:00.5+00', '2026-11-27 14:30:00+00'),
        fc.constantFrom('{}', '{GT}', '{"Ñ a",NULL}'),
      ],
      fc.constantFrom('{"a": [1]}', 'null', '"x"'),
    )
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), (rows) => {
        const read = rowReader(form)
        for (const row of rows) {
          const data = rowMessage(row)
          expect(Object.values(read(data, 5))).toEqual(readAsBefore(row))
        }
      }),
      { numRuns: randomCases(200) },
    )
  })

  it('have the values that were sent, however often one comes again in its column and beside it', () => {
    const readText = chooseReader(25)
    const few = fc.constantFrom(
      null,
      '',
      'A',
      'B',
      'Ñ',
      'OPEN',
      'CLOSED',
      'GT:C-000001',
      'a'.repeat(32),
      'a'.repeat(33),
    )
    const many = fc.nat({ max: 99 }).map((number) => `GT:C-${number}`)
    const row = fc.oneof(
      fc.tuple(few, few, few),
      fc.tuple(many, many, few),
      many.map((id) => [id, id, id]),
    )
    fc.assert(
      fc.property(fc.array(row, { maxLength: 120 }), (rows) => {
        const read = rowReader(rowForm(COLUMNS.map(({ name }) => ({ name, read: readText }))))
        expect(rows.map((one) => Object.values(read(rowMessage(one), 5)))).toEqual(rows)
      }),
      { numRuns: randomCases(200) },
    )
  })

  it('share no value that somebody could change', () => {
    const read = rowReader(rowForm([{ name: 'list', read: chooseReader(1009) }]))
    const data = rowMessage(['{a,b}'])
    const [one, other] = [read(data, 5), read(data, 5)]
    expect(other).toEqual({ list: ['a', 'b'] })
    expect(() => (one.list as string[]).pop()).toThrow(TypeError)
    expect(other).toEqual({ list: ['a', 'b'] })
  })

  it('cannot be taken if somebody else reads the connection too', () => {
    const stream = new EventEmitter()
    expect(() => tapRows(stream)).toThrow('expected one reader of the data of a connection; came 0')
    stream.on('data', () => undefined)
    stream.on('data', () => undefined)
    expect(() => tapRows(stream)).toThrow('came 2')
  })
})
