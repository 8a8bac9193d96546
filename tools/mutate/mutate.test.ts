import { globSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PROJECT_DIR } from '../../demo/config.ts'
import { describeMutant } from './mutant.ts'
import { ROOMS } from './rooms.ts'
import { isInSample } from './sample.ts'
import { type DescribedMutant, scoreMutants } from './score.ts'

const at = (line: number, column: number, endLine: number, endColumn: number) => ({
  start: { line, column },
  end: { line: endLine, column: endColumn },
})

const TEXT = 'const a = 1\n  if (a === 1) {\n    stop()\n  }\n'

describe('the text of a mutant', () => {
  it('is the line before and after', () => {
    expect(describeMutant(TEXT, { location: at(2, 7, 2, 14), replacement: 'true' })).toBe(
      'if (a === 1) { → if (true) {',
    )
  })

  it('is the first line and an ellipsis if several lines change', () => {
    expect(describeMutant(TEXT, { location: at(2, 16, 4, 4), replacement: '{}' })).toBe(
      'if (a === 1) { … → if (a === 1) {}',
    )
  })
})

describe('a sample', () => {
  const names = Array.from({ length: 2000 }, (_, index) => `mutant ${index}`)
  const drawn = (share: number, seed: number) => names.filter((name) => isInSample(name, share, seed))

  it('has about the requested share of the mutants, and all of them for 1 and none for 0', () => {
    expect(drawn(0.2, 1).length).toBeGreaterThan(320)
    expect(drawn(0.2, 1).length).toBeLessThan(480)
    expect(drawn(1, 1)).toEqual(names)
    expect(drawn(0, 1)).toEqual([])
  })

  it('is the same only for the same seed', () => {
    expect(drawn(0.2, 1)).toEqual(drawn(0.2, 1))
    expect(drawn(0.2, 1)).not.toEqual(drawn(0.2, 2))
  })
})

describe('the score', () => {
  const mutant = (text: string, status: string): DescribedMutant => ({
    fileName: 'a.ts',
    mutatorName: 'BooleanLiteral',
    replacement: '',
    location: at(1, 1, 1, 2),
    status,
    text,
  })
  const mutants = [
    mutant('a → b', 'Killed'),
    mutant('a → c', 'Timeout'),
    mutant('a → d', 'Survived'),
    mutant('a → e', 'NoCoverage'),
    mutant('a → f', 'CompileError'),
  ]
  const explain = (file: string, text: string) => ({ file, mutant: text, reason: 'the same in every case' })

  it('counts a mutant that never ends as killed, and one that no test runs as survived', () => {
    const { killed, survivors, percent } = scoreMutants(mutants, [])
    expect({ killed, survivors: survivors.map(({ text }) => text), percent }).toEqual({
      killed: 2,
      survivors: ['a → d', 'a → e'],
      percent: 50,
    })
  })

  it('counts an explained survivor together with the killed mutants', () => {
    expect(scoreMutants(mutants, [explain('a.ts', 'a → d')])).toMatchObject({
      explained: 1,
      percent: 75,
      unmatched: [],
    })
  })

  it('reports an explanation that matches no mutant of the mutated files', () => {
    const stale = explain('a.ts', 'a → gone')
    expect(scoreMutants(mutants, [stale, explain('b.ts', 'x → y')]).unmatched).toEqual([stale])
  })

  it('is zero if nothing was tested, so that an empty run does not pass a limit', () => {
    expect(scoreMutants([], []).percent).toBe(0)
  })
})

describe('the rooms', () => {
  it.each(Object.entries(ROOMS))('of %s name files that are there', (_, { sources, tests }) => {
    // Of several names in braces, one without a file would not be missed.
    const isThere = (path: string): boolean => !path.includes('{') && globSync(path, { cwd: PROJECT_DIR }).length > 0
    expect(
      [...sources.map((path) => path.replace(/:\d+-\d+$/, '')), ...tests].filter((path) => !isThere(path)),
    ).toEqual([])
  })
})
