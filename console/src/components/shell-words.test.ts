import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnsafeTextError, writeCommand } from './shell-words.ts'

/** Splits a line as a POSIX shell does where it has only words, single quotes and backslashes (POSIX.1-2024, XCU 2.2). */
function splitWords(line: string): readonly string[] {
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? ''
    if (sign === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) throw new Error('expected a closing quote')
      word = (word ?? '') + line.slice(at + 1, end)
      at = end
    } else if (sign === '\\') {
      word = (word ?? '') + (line[at + 1] ?? '')
      at += 1
    } else if (sign === ' ') {
      if (word !== null) words.push(word)
      word = null
    } else {
      if (/[$`"|&;<>()*?[\]#~!{}]/.test(sign)) throw new Error(`a shell would obey ${sign}`)
      word = (word ?? '') + sign
    }
  }
  return word === null ? words : [...words, word]
}

describe('a command line', () => {
  it('gives each word to the command as it is', () => {
    const signs = fc.constantFrom(...`aZ09 '"\\$\`!~#*?;&|<>(){}[]=%^-_/.:@+,áñ€😀`)
    const words = fc.array(fc.string({ unit: signs, maxLength: 8 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(words, (given) => {
        expect(splitWords(writeCommand(given))).toEqual(given)
      }),
    )
    const evil = ['istmo', '--reason', `'; rm -rf / #`, '$(id)', '`id`', '~', '!x', '']
    expect(splitWords(writeCommand(evil))).toEqual(evil)
  })

  it.each(['a\nb', 'a\u001b[2J', '\ud800', 'a\u0085', 'a\u202e fdp', 'a\u200bb', 'a\u3164'])(
    'is not written with %j',
    (word) => {
      expect(() => writeCommand(['istmo', word])).toThrow(UnsafeTextError)
    },
  )
})
