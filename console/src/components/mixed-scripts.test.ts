import { describe, expect, it } from 'vitest'
import { mixesScripts } from './mixed-scripts.ts'

describe('mixesScripts', () => {
  it.each([
    ['a Cyrillic о', 'J\u043erge Funes'],
    ['a Greek omicron', 'L\u03bfpez'],
    ['a whole word in Cyrillic', 'Jorge \u0410\u041d\u0410'],
    ['letters of double width', '\uff21\uff4e\uff41'],
    ['letters of mathematics', '\u{1d400}na'],
  ])('finds %s', (_, text) => {
    expect(mixesScripts(text)).toBe(true)
  })

  it.each([
    'José Ñandú',
    'Łukasz Dvořák',
    '\u0418\u0432\u0430\u043d',
    '\u05d3\u05d5\u05d3',
    '李小龙',
    '1.º de mayo',
    'Ana 😀',
    '',
  ])('leaves %j alone', (text) => {
    expect(mixesScripts(text)).toBe(false)
  })
})
