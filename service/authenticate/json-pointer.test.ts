import { describe, expect, it } from 'vitest'
import { isJsonPointer, resolvePointer } from './claims.ts'

// The examples of RFC 6901 section 5, except the one for the complete document.
const DOCUMENT = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'm~n': 8,
  ' ': 7,
  'https://istmo.example/org': { country: 'GT' },
}

describe('a JSON pointer', () => {
  it.each<[string, unknown]>([
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/m~0n', 8],
    ['/ ', 7],
    ['/https:~1~1istmo.example~1org/country', 'GT'],
  ])('%j names a value', (pointer, value) => {
    expect(isJsonPointer(pointer)).toBe(true)
    expect(resolvePointer(DOCUMENT, pointer)).toEqual(value)
  })

  it.each(['/nowhere', '/foo/2', '/foo/00', '/foo/-', '/foo/length', '/foo/0/0', '/a~1b/c', '/toString', '/__proto__'])(
    '%j names nothing',
    (pointer) => {
      expect(resolvePointer(DOCUMENT, pointer)).toBeUndefined()
    },
  )

  it.each(['', 'foo', '/a~', '/a~2', 'org.country'])('is not %j', (text) => {
    expect(isJsonPointer(text)).toBe(false)
  })
})
