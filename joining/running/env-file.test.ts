import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEnvFile } from './env-file.ts'

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
  ])('%j has the settings %j', (text, values) => expect(parseEnvFile(text, 'f')).toEqual(values))

  it.each(['A', '1A=x', 'export A=1', 'A="x', "A='x", `A='x'y'`, 'A="x"y"', '=x'])('with %j is rejected', (line) => {
    expect(() => parseEnvFile(`A=1\n${line}\n`, 'f')).toThrow(/^f, line 2: expected NAME=value/)
  })

  it('gives back any text that was written in double quotes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const value = text.replace(/[\r\n]/g, ' ')
        const line = `A="${value.replace(/["\\$`]/g, '\\$&')}"`
        expect(parseEnvFile(line, 'f')).toEqual({ A: value })
      }),
    )
  })
})
