import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatSetting, parseEnvFile } from './node-place.ts'

describe('a file of settings', () => {
  it.each([
    ['A=1', { A: '1' }],
    ['  A = 1  ', { A: '1' }],
    ['A=1\nA=2', { A: '2' }],
    ['# x\n\n; y\nA=', { A: '' }],
    [`A="a \\"b\\" \\\\ \\$c"`, { A: 'a "b" \\ $c' }],
    [`A='a "b" \\n'`, { A: 'a "b" \\n' }],
    ['A=x=y # z', { A: 'x=y # z' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['A="1\n# 2\nB=3"\n\nC=\'4\n5\'  ', { A: '1\n# 2\nB=3', C: '4\n5' }],
    ['A="1\\\n2"', { A: '12' }],
  ])('%j has the settings %j', (text, values) => expect(parseEnvFile(text, 'f')).toEqual(values))

  it.each(['A', '1A=x', 'export A=1', 'A="x', "A='x", `A='x'y'`, 'A="x"y"', 'A= "x', '=x'])(
    'with %j is rejected',
    (line) => {
      expect(() => parseEnvFile(`A=1\n${line}\n`, 'f')).toThrow(/^f, line 2: expected NAME=value/)
    },
  )

  it('names the line of what it rejects, also behind a value of several lines', () => {
    expect(() => parseEnvFile('A="1\n2\n3"\nB="4\n', 'f')).toThrow(/^f, line 4: expected NAME=value/)
  })

  it('gives back any text that was written', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'"\'\\$`#;= \n\r\tA\u2028') }),
    )
    fc.assert(
      fc.property(value, value, (one, two) => {
        const text = `${formatSetting('A', one)}\n# a comment\n${formatSetting('B', two)}\n`
        expect(parseEnvFile(text, 'f')).toEqual({ A: one, B: two })
      }),
    )
  })
})
