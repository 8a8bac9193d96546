import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../service/command-line.ts'
import { CORES, choiceOption, coresOption, OUT, ROUNDS, SECONDS } from './options.ts'

const BENCH = {
  name: 'npm run bench:example --',
  description: 'Measures.',
  options: {
    only: choiceOption('only', 'operations', ['a', 'b', 'c']),
    seconds: SECONDS,
    rounds: ROUNDS,
    out: OUT,
    ...CORES,
    ownCores: coresOption('own-cores', 'the node', '2,3'),
  },
} as const

const read = (...given: readonly string[]) => parseCommandLine(BENCH, given)

describe('the options of benches', () => {
  it('measure all on two cores if nothing is given', () => {
    expect(read()).toEqual({
      ...{ only: ['a', 'b', 'c'], seconds: 10, rounds: 3, out: undefined },
      ...{ gatewayCores: '0', otherCores: '1', ownCores: '2,3' },
    })
  })

  it('are read as they are given', () => {
    const given = ['--only', 'c,a', '--seconds', '2', '--rounds', '9999', '--out', 'here', '--gateway-cores', '0-3']
    expect(read(...given)).toMatchObject({ only: ['c', 'a'], seconds: 2, rounds: 9_999, out: 'here' })
    expect(read(...given).gatewayCores).toBe('0-3')
  })

  it.each([
    ['only', 'a,d', /some of a, b, c/],
    ['only', '', /some of a, b, c/],
    ['seconds', '0', /a whole number from 1 to 9999/],
    ['rounds', '10000', /a whole number from 1 to 9999/],
    ['seconds', '1.5', /a whole number from 1 to 9999/],
  ])('reject --%s %s, and say what was expected', (flag, value, message) => {
    expect(() => read(`--${flag}=${value}`)).toThrow(message)
  })
})
