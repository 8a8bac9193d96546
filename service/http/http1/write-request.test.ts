import { expect, it } from 'vitest'
import { openPost, writeRequest } from './write-request.ts'

const OPENING = openPost(new URL('http://localhost:81/cases?a=b#c'), ['accept', 'a/b'])
const HEAD = 'POST /cases?a=b HTTP/1.1\r\nhost: localhost:81\r\nconnection: keep-alive\r\naccept: a/b\r\nx: y\r\n'

it.each([
  ['ASCII', 'abc', 'latin1', 3],
  ['text', 'María', 'utf8', 6],
  ['bytes', Buffer.from('María'), 'latin1', 6],
  ['nothing', '', 'latin1', 0],
  ['a long text of ASCII', 'abc'.repeat(50_000), 'latin1', 150_000],
  ['a long text', 'María'.repeat(50_000), 'latin1', 300_000],
] as const)('a request with %s is written as a whole', (_, body, encoding, length) => {
  const request = writeRequest(OPENING, ['x', 'y'], body)
  expect(request.encoding).toBe(encoding)
  const written = typeof request.bytes === 'string' ? Buffer.from(request.bytes, encoding) : request.bytes
  expect(written.toString()).toBe(`${HEAD}content-length: ${length}\r\n\r\n${body}`)
})

it.each([
  ['a text', 'María', 6],
  ['bytes', Buffer.from('María'), 6],
] as const)('a request whose opening is bytes is written as a whole, with %s', (_, body, length) => {
  const parts = [Buffer.from(OPENING), Buffer.from('a: b\r\n'), Buffer.from('c: d\r\n')]
  const { bytes } = writeRequest(parts, ['x', 'y'], body)
  const opening = `${OPENING}a: b\r\nc: d\r\n`
  expect(bytes.toString()).toBe(`${opening}x: y\r\ncontent-length: ${length}\r\n\r\n${body}`)
})

it.each(['a\r\nb: c', 'a\nb', 'a\rb', '\0', 'ä'])('a header with %j is not written', (value) => {
  expect(() => writeRequest(OPENING, ['authorization', value], '')).toThrow(TypeError)
  expect(() => writeRequest(OPENING, ['authorization', value], '')).not.toThrow(value)
})
