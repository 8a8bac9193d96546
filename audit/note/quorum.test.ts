import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newSigner } from '../log/testing.ts'
import { EMPTY_ROOT } from '../merkle/hash.ts'
import { formatCheckpoint } from './checkpoint.ts'
import { signNote } from './note.ts'
import {
  checkCheckpoint,
  countSharedWitnesses,
  describeUnsafeQuorum,
  isQuorum,
  type Policy,
  parsePolicy,
} from './policy.ts'

/** A policy of groups, without keys: `{ A: [2, 'x', 'y', 'z'] }`. */
function policyOf(quorum: string, groups: Readonly<Record<string, readonly [number, ...string[]]>>): Policy {
  const entries = Object.entries(groups).map(
    ([name, [threshold, ...members]]) => [name, { threshold, members }] as const,
  )
  return { logs: [], witnesses: [], groups: new Map(entries), quorum }
}

const flat = (k: number, n: number) => policyOf('G', { G: [k, ...Array.from({ length: n }, (_, at) => `w${at}`)] })

/** A random tree of groups over at most seven witnesses. */
const randomPolicy = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 5 }))
  .map(([count, steps]) => {
    const loose = Array.from({ length: count }, (_, at) => `w${at}`)
    const groups: Record<string, [number, ...string[]]> = {}
    for (const [at, [begin, many, k]] of steps.entries()) {
      const members = loose.splice(begin % loose.length, 1 + (many % loose.length))
      groups[`g${at}`] = [1 + (k % members.length), ...members]
      loose.push(`g${at}`)
    }
    return { policy: policyOf(loose.at(-1) ?? 'w0', groups), names: Array.from({ length: count }, (_, at) => `w${at}`) }
  })

/** The least number of witnesses that two quorums share, by trying all pairs. */
function countByTrying(policy: Policy, names: readonly string[]): number {
  const quorums = Array.from({ length: 2 ** names.length }, (_, bits) => bits).filter((bits) =>
    isQuorum(policy, new Set(names.filter((_, at) => bits & (1 << at)))),
  )
  const bitsIn = (bits: number) => names.filter((_, at) => bits & (1 << at)).length
  return Math.min(...quorums.flatMap((one) => quorums.map((other) => bitsIn(one & other))))
}

describe('the witnesses that two quorums share', () => {
  it.each([
    [1, 1, 1],
    [2, 2, 2],
    [2, 3, 1],
    [3, 3, 3],
    [2, 4, 0],
    [3, 4, 2],
    [3, 5, 1],
    [4, 5, 3],
    [4, 6, 2],
  ])('are, for %i of %i, at least %i', (k, n, shared) => expect(countSharedWitnesses(flat(k, n))).toBe(shared))

  it('are as many as trying all pairs of quorums finds, for any tree of groups', () => {
    fc.assert(
      fc.property(randomPolicy, ({ policy, names }) => {
        expect(countSharedWitnesses(policy)).toBe(countByTrying(policy, names))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a trust policy that one captured witness breaks', () => {
  it('is described with its group, its threshold and the smallest safe one', () => {
    expect(describeUnsafeQuorum(flat(2, 3))).toMatch(
      /^the quorum G is 2 of 3; with one captured witness.* at least 3 of 3$/,
    )
    expect(describeUnsafeQuorum(flat(2, 4))).toMatch(/2 of 4; .*may share only 0\. Expected at least 3 of 4$/)
    expect(describeUnsafeQuorum(policyOf('GT', {}))).toMatch(/the one witness GT; .* a group of at least 3 witnesses$/)
    const nested = policyOf('all', { X: [2, 'a', 'b', 'c'], Y: [1, 'd', 'e'], all: [2, 'X', 'Y'] })
    expect(describeUnsafeQuorum(nested)).toMatch(/^the quorum all is 2 of 2; .*No threshold of all is safe/)
    expect(describeUnsafeQuorum(flat(3, 4), 2)).toMatch(/with 2 captured witnesses.* at least 4 of 4$/)
  })

  it('is not one of three of four, nor one without witnesses', () => {
    expect(describeUnsafeQuorum(flat(3, 4))).toBeUndefined()
    expect(describeUnsafeQuorum(policyOf('none', {}))).toBeUndefined()
  })

  it('is described exactly if two quorums may share only the captured witness', () => {
    fc.assert(
      fc.property(randomPolicy, fc.integer({ min: 0, max: 2 }), ({ policy, names }, captured) => {
        expect(describeUnsafeQuorum(policy, captured) === undefined).toBe(countByTrying(policy, names) > captured)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the time of a quorum', () => {
  const NOW = 1_800_000_000_000
  const log = newSigner('log.example/hn')
  const text = formatCheckpoint({ origin: 'log.example/hn', size: 0, root: EMPTY_ROOT })

  /** Checks a checkpoint that four witnesses cosigned, each this many seconds after now; three are a quorum. */
  function checkedAt(...seconds: readonly number[]) {
    const signers = seconds.map((late, at) => newSigner(`w${at}.example`, 'cosignature', () => NOW + late * 1_000))
    const lines = signers.map(({ verifier }, at) => `witness W${at} ${verifier.vkey}`)
    const names = signers.map((_, at) => `W${at}`).join(' ')
    const policy = parsePolicy([`log ${log.verifier.vkey}`, ...lines, `group G 3 ${names}`, 'quorum G\n'].join('\n'))
    return checkCheckpoint(signNote(text, [log, ...signers]), policy, NOW)
  }

  it('is the third latest of three of four, whatever the clock of one says', () => {
    expect(checkedAt(-10, -40, -20, -30).quorumTime).toBe(NOW / 1_000 - 30)
    expect(checkedAt(200, -40, -20, -30).quorumTime).toBe(NOW / 1_000 - 30)
    expect(checkedAt(-1e9, -40, -20, -30).quorumTime).toBe(NOW / 1_000 - 40)
  })

  it('does not count a cosignature from the future, and names it', () => {
    const { isInQuorum, quorumTime, fromFuture } = checkedAt(2_000_000_000, -40, -20, -30)
    expect([isInQuorum, quorumTime]).toEqual([true, NOW / 1_000 - 40])
    expect(fromFuture.map(({ witness }) => witness.name)).toEqual(['W0'])
    expect(checkedAt(301, 302, -20, -30)).toMatchObject({ isInQuorum: false, quorumTime: undefined })
    expect(checkedAt(300, 299, -20, -30).isInQuorum).toBe(true)
  })
})
