import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerParser, type AnswerTaker } from './answer-parser.ts'
import { MalformedAnswer } from './http1-errors.ts'
import type { AnswerHeaders } from './read-head.ts'

interface Taken {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: string
  readonly parts: number
  readonly restMs: number
  /** The bytes behind the answer; null if it is not complete. */
  readonly rest: string | null
  readonly endsWithConnection: boolean
}

/** Feeds a parser with received parts, until the answer is complete. */
function feed(parser: AnswerParser, parts: readonly Buffer[]): Taken {
  let [status, headers, body] = [0, {} as AnswerHeaders, [] as Buffer[]]
  const taker: AnswerTaker = {
    onHead: (...came) => {
      expect(status).toBe(0)
      ;[status, headers] = came
    },
    onPart: (part) => void body.push(part),
  }
  let rest: string | null = null
  for (const [at, part] of parts.entries()) {
    if (!parser.take(part, taker)) continue
    rest = Buffer.concat([part.subarray(parser.end), ...parts.slice(at + 1)]).toString('latin1')
    break
  }
  const { restMs, endsWithConnection } = parser
  const text = Buffer.concat(body).toString('latin1')
  return { status, headers: { ...headers }, body: text, parts: body.length, restMs, rest, endsWithConnection }
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')
const take = (...parts: string[]): Taken => feed(new AnswerParser(), parts.map(bytesOf))
const lines = (...all: string[]): string => all.join('\r\n')

const PLAIN = lines('HTTP/1.1 200 OK', 'Content-Type: application/json', 'Content-Length: 11', '', '{"data":{}}')
const CHUNKED = lines(
  'HTTP/1.1 200 OK',
  'Transfer-Encoding: Chunked',
  'X:\t a b \t',
  '',
  '5;name="v"',
  '{"dat',
  '06',
  'a":{}}',
  '0',
  'Trailer: x',
  '',
  '',
)
const ANNOUNCED = `${lines('HTTP/1.1 103 Early Hints', 'Link: </a>', '', '')}HTTP/1.1 100\r\n\r\n${PLAIN}`

describe('an answer', () => {
  it.each([
    ['with a length', PLAIN, { 'content-type': 'application/json', 'content-length': '11' }],
    ['in chunks', CHUNKED, { 'transfer-encoding': 'Chunked', x: 'a b' }],
    ['after informational ones', ANNOUNCED, { 'content-type': 'application/json', 'content-length': '11' }],
  ])('%s is read the same wherever it is cut, and what follows is not part of it', (_, text, headers) => {
    const expected = { status: 200, headers, body: '{"data":{}}', rest: '' }
    expect(take(text)).toMatchObject({ ...expected, parts: 1 })
    for (let at = 1; at < text.length; at += 1) {
      expect(take(text.slice(0, at), text.slice(at)), `cut at ${at}`).toMatchObject(expected)
      expect(take(text.slice(0, at)), `only ${at} bytes`).toMatchObject({ rest: null })
      expect(take(text.slice(0, at), `${text.slice(at)}HTTP/1.1 `)).toMatchObject({ ...expected, rest: 'HTTP/1.1 ' })
    }
    expect(take(...text)).toMatchObject(expected)
  })

  it('in one part is not copied', () => {
    const bytes = bytesOf(PLAIN)
    const taken: Buffer[] = []
    new AnswerParser().take(bytes, { onHead: () => undefined, onPart: (part) => void taken.push(part) })
    expect(taken.map(({ buffer }) => buffer)).toEqual([bytes.buffer])
    expect(taken[0]?.buffer).toBe(bytes.buffer)
  })

  it('leaves the parser ready for the next one', () => {
    const parser = new AnswerParser()
    const often = Array.from({ length: 20 }, () => ANNOUNCED)
    for (const text of [PLAIN, CHUNKED, ...often, CHUNKED, PLAIN])
      expect(feed(parser, [bytesOf(text)])).toMatchObject({ status: 200, body: '{"data":{}}', rest: '' })
  })

  it.each([
    ['no header says where it ends', 'HTTP/1.1 200 OK\r\n\r\nabc', 'abc'],
    ['an old server says nothing', 'HTTP/1.0 200\r\nConnection: keep-alive\r\n\r\n', ''],
  ])('ends with the connection if %s', (_, text, body) => {
    expect(take(text)).toMatchObject({ body, rest: null, endsWithConnection: true, restMs: 0 })
  })

  it.each([
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 4_000],
    ['304', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n', 0],
    ['204 that says it is in chunks', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n', 0],
    ['a length of 0', 'HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n', 4_000],
  ])('with %s has no body', (_, text, restMs) => {
    expect(take(text)).toMatchObject({ body: '', parts: 0, rest: '', restMs })
  })

  it('may have a header several times, under any name', () => {
    const text = lines('HTTP/1.1 200 OK', 'A: 1', '__proto__: x', 'a: 2', 'A: 3', 'Content-Length: 0', '', '')
    const headers: AnswerHeaders[] = []
    const onHead: AnswerTaker['onHead'] = (_, came) => void headers.push(came)
    new AnswerParser().take(bytesOf(text), { onHead, onPart: () => undefined })
    expect(headers[0]?.a).toEqual(['1', '2', '3'])
    expect(Object.keys(headers[0] ?? {})).toEqual(['a', '__proto__', 'content-length'])
  })
})

describe('after an answer, a connection may rest', () => {
  it.each([
    ['for less than most servers wait, if the server says nothing', [], 4_000],
    ['until a second before the server closes it', ['Connection: keep-alive', 'Keep-Alive: timeout=5'], 4_000],
    ['for a minute at most', ['Keep-Alive: max=100, timeout=72'], 60_000],
    ['not at all if the server closes it within a second', ['Keep-Alive: timeout=1'], 0],
    ['not at all if the server closes it at once', ['Keep-Alive: timeout=0'], 0],
    ['not at all if the server says so', ['Connection: Close'], 0],
    ['not at all if the server says so among other things', ['Connection: keep-alive', 'Connection: x, close'], 0],
    ['if another word only contains it', ['Connection: x-close'], 4_000],
  ])('%s', (_, headers, restMs) => {
    expect(take(lines('HTTP/1.1 200 OK', 'Content-Length: 0', ...headers, '', ''))).toMatchObject({ rest: '', restMs })
  })

  it('not at all if the server speaks HTTP/1.0', () => {
    expect(take('HTTP/1.0 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=9\r\n\r\n')).toMatchObject({ restMs: 0 })
  })
})

describe('what is not HTTP/1.1 is refused', () => {
  const head = (...headers: string[]): string => lines('HTTP/1.1 200 OK', ...headers, '', '')
  const chunks = (text: string): string => head('Transfer-Encoding: chunked') + text

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['lower case', 'http/1.1 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a switch to another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n'],
    ['only informational answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(17)],
    ['bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['bare LF between headers', head('A: 1\nContent-Length: 0')],
    ['bare CR', head('A: 1\rContent-Length: 0')],
    ['a NUL', head('A: \0')],
    ['a folded line', head('A: 1', ' 2')],
    ['a header without a name', head(': 1')],
    ['a header without a colon', head('A')],
    ['a blank before the colon', head('Content-Length : 1')],
    ['a blank before the name', head('A: 1', '\tContent-Length: 1')],
    ['a name outside ASCII', head('Ä: 1')],
    ['a length that is no number', head('Content-Length: a')],
    ['a length with a sign', head('Content-Length: +1')],
    ['a length in hexadecimal', head('Content-Length: 0x1')],
    ['a length with another blank', head('Content-Length: 1\xa0')],
    ['an empty length', head('Content-Length:')],
    ['a length as a list', head('Content-Length: 1, 1')],
    ['two lengths', head('Content-Length: 1', 'Content-Length: 2')],
    ['the same length twice', head('Content-Length: 1', 'Content-Length: 1')],
    ['a length beyond what a number holds', head(`Content-Length: ${'9'.repeat(16)}`)],
    ['a length and chunks', head('Content-Length: 1', 'Transfer-Encoding: chunked')],
    ['another transfer coding', head('Transfer-Encoding: gzip, chunked')],
    ['two transfer codings', head('Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')],
    ['no transfer coding', head('Transfer-Encoding: identity')],
    ['chunks of HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a chunk without a size', chunks('\r\n')],
    ['a size with a sign', chunks('-1\r\n')],
    ['a size with a prefix', chunks('0x1\r\n')],
    ['a size that is no number', chunks('g\r\n')],
    ['a size of many digits', chunks('00000001\r\n')],
    ['a size that ends with LF', chunks('1\na\r\n')],
    ['a size that ends with CR', chunks('1\ra\r\n')],
    ['a control character in an extension', chunks('1;a\n\r\na\r\n')],
    ['a size with other words', chunks('2 junk\r\n{}\r\n0\r\n\r\n')],
    ['endless extensions', chunks(`1;${'a'.repeat(5_000)}`)],
    ['extensions of many chunks', chunks(`1;${'a'.repeat(1_000)}\r\na\r\n`.repeat(5))],
    ['a chunk that is longer than its size', chunks('1\r\nab\r\n')],
    ['a chunk that ends with LF', chunks('1\r\na\n')],
    ['a trailer that is no header', chunks('0\r\na b: 1\r\n\r\n')],
    ['a folded trailer', chunks('0\r\na: 1\r\n b\r\n\r\n')],
    ['endless trailers', chunks(`0\r\n${'a: 1\r\n'.repeat(5_000)}`)],
    ['an endless head', `HTTP/1.1 200 OK\r\n${'a: 1\r\n'.repeat(5_000)}`],
    ['an endless line', `HTTP/1.1 200 ${'a'.repeat(20_000)}`],
    ['a head that is too large', head(`A: ${'a'.repeat(17_000)}`)],
  ])('%s, wherever it is cut', (_, text) => {
    expect(() => take(text)).toThrow(MalformedAnswer)
    for (const at of [1, 5, 16, 17, 18, 30, 45, 46, 47, 48, 49, 50].filter((each) => each < text.length))
      expect(() => take(text.slice(0, at), text.slice(at)), `cut at ${at}`).toThrow(MalformedAnswer)
    expect(() => take(...text)).toThrow(MalformedAnswer)
  })

  it('before its end comes, so that nobody waits for it', () => {
    for (const text of ['H\r', 'GET', '\r', 'HTTP/1.1 200 OK\nA', 'HTTP/1.1 200 OK\r\n\n'])
      expect(() => take(...text), JSON.stringify(text)).toThrow(MalformedAnswer)
  })
})

describe('any answer that is written by the rules', () => {
  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}$/)
  const value = fc.stringMatching(/^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]{0,8}[\x21-\x7e\x80-\xff])?)?$/)
  const isFree = (name: string) => !/^(content-length|transfer-encoding|connection|keep-alive)$/i.test(name)
  const headers = fc.array(fc.tuple(token.filter(isFree), value), { maxLength: 5 })
  const body = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 5 })
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 8 })
  const informational = fc.nat({ max: 2 })

  it('is read as it was written, in whatever parts it comes', () => {
    fc.assert(
      fc.property(headers, body, fc.boolean(), cuts, informational, (fields, pieces, isChunked, places, hints) => {
        const all = Buffer.concat(pieces).toString('latin1')
        const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${all.length}`
        const chunked = pieces.map(
          (piece) => `${piece.length.toString(16)}\r\n${Buffer.from(piece).toString('latin1')}\r\n`,
        )
        const text =
          'HTTP/1.1 103 Hints\r\nA: b\r\n\r\n'.repeat(hints) +
          lines('HTTP/1.1 200 OK', ...fields.map(([name, each]) => `${name}: ${each}`), framing, '', '') +
          (isChunked ? `${chunked.join('')}0\r\n\r\n` : all)
        const at = [...new Set(places.filter((place) => place > 0 && place < text.length))].sort((a, b) => a - b)
        const parts = [0, ...at].map((start, index) => text.slice(start, at[index] ?? text.length))
        const taken = take(...parts)
        expect(taken).toMatchObject({ status: 200, body: all, rest: '' })
        expect(taken.parts).toBeLessThanOrEqual(parts.length)
        const expected = new Map<string, string[]>()
        for (const [name, each] of fields)
          expected.set(name.toLowerCase(), [...(expected.get(name.toLowerCase()) ?? []), each])
        for (const [name, values] of expected)
          if (name !== '__proto__') expect([taken.headers[name]].flat()).toEqual(values)
      }),
    )
  })

  it('can be followed by any bytes without a fault of another kind', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary-ascii', maxLength: 30 }), { maxLength: 6 }), (parts) => {
        try {
          take('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', ...parts)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedAnswer)
        }
      }),
    )
  })
})
