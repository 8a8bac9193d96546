import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SuspensionStatement } from './suspension.ts'
import {
  type CountedStatement,
  countStatement,
  MAX_KEPT_SUSPENSIONS,
  NOTHING_SUSPENDED,
  restoreSuspensions,
  type SuspensionState,
  whatKey,
} from './suspension-state.ts'

const OWNER = 'HN'

function counted(iss: string, seq: number, action: 'suspend' | 'resume', value: string): CountedStatement {
  const text = `${iss} ${seq} ${action} ${value}`
  const claims = { iss, seq, iat: seq, action, what: { agency: value }, reason: 'r' }
  const statement: SuspensionStatement = { claims, kind: 'agency', value, hash: text, text }
  return { statement, isOwner: iss === OWNER, position: seq }
}

function run(statements: readonly CountedStatement[], from: SuspensionState = NOTHING_SUSPENDED) {
  let state = from
  const verdicts = statements.map((one) => {
    const next = countStatement(state, one)
    state = next.state
    return next.verdict
  })
  return { state, verdicts }
}

function shown({ active }: SuspensionState): readonly string[] {
  return [...active].flatMap(([what, by]) => [...by.keys()].map((iss) => `${what} by ${iss}`)).sort()
}

/** Says the same by a list of everything that was taken, read from its end each time. */
function oracle(statements: readonly CountedStatement[]) {
  const taken: CountedStatement['statement'][] = []
  const isSuspended = (value: string, iss: string): boolean => {
    for (const { claims, value: about } of taken.toReversed()) {
      if (about !== value) continue
      if (claims.action === 'resume' && (claims.iss === iss || claims.iss === OWNER)) return false
      if (claims.action === 'suspend' && claims.iss === iss) return true
    }
    return false
  }
  const verdicts = statements.map(({ statement, isOwner }) => {
    const { iss, seq, action } = statement.claims
    const own = taken.filter(({ claims }) => claims.iss === iss)
    if (own.some(({ claims }) => claims.seq >= seq)) return 'REFUSED'
    if (action === 'resume' && !isOwner && !isSuspended(statement.value, iss)) return 'REFUSED'
    taken.push(statement)
    return 'COUNTED'
  })
  const all = ['a', 'b'].flatMap((value) => [OWNER, 'x', 'y'].map((iss) => [value, iss] as const))
  const suspended = all.filter(([value, iss]) => isSuspended(value, iss))
  return { verdicts, shown: suspended.map(([value, iss]) => `${whatKey('agency', value)} by ${iss}`).sort() }
}

const statements = fc.array(
  fc
    .tuple(
      fc.constantFrom(OWNER, 'x', 'y'),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('suspend' as const, 'resume' as const),
      fc.constantFrom('a', 'b'),
    )
    .map((parts) => counted(...parts)),
  { maxLength: 30 },
)

describe('countStatement', () => {
  it('knows what its signer signed again with another key, and refuses another statement with the same number', () => {
    const signed = (value: string, text: string): CountedStatement => {
      const { statement, ...one } = counted('x', 1, 'suspend', value)
      return { ...one, statement: { ...statement, hash: text, text } }
    }
    const { verdicts } = run([signed('a', 'old.same.s1'), signed('a', 'new.same.s2'), signed('b', 'new.other.s3')])
    expect(verdicts).toEqual(['COUNTED', 'KNOWN', 'OLD_SEQUENCE'])
  })

  it('agrees with a list that is read from its end, whatever is reordered or played again', () => {
    fc.assert(
      fc.property(statements, (all) => {
        const { state, verdicts } = run(all)
        const expected = oracle(all)
        expect(verdicts.map((verdict) => (verdict === 'COUNTED' ? verdict : 'REFUSED'))).toEqual(expected.verdicts)
        expect(shown(state)).toEqual(expected.shown)
      }),
      { numRuns: 500 },
    )
  })

  it('says and does the same after a restart from what it kept', () => {
    fc.assert(
      fc.property(statements, statements, (before, after) => {
        const { state } = run(before)
        const restored = restoreSuspensions([...state.kept.values()], state.seqs)
        expect(restored).toEqual(state)
        expect(shown(run(after, restored).state)).toEqual(shown(run([...before, ...after]).state))
      }),
      { numRuns: 300 },
    )
  })

  it('ends nobody else’s suspension unless the signer owns the records', () => {
    const both = [counted('x', 1, 'suspend', 'a'), counted('y', 1, 'suspend', 'a')]
    expect(shown(run([...both, counted('x', 2, 'resume', 'a')]).state)).toEqual(['agency a by y'])
    expect(shown(run([...both, counted(OWNER, 1, 'resume', 'a')]).state)).toEqual([])
    expect(run([counted('x', 1, 'suspend', 'a'), counted('y', 1, 'resume', 'a')]).verdicts[1]).toBe('NOT_YOURS')
  })

  it('refuses an old resume that is played again, and knows a statement that it has', () => {
    const first = [counted('x', 1, 'suspend', 'a'), counted('x', 2, 'resume', 'a'), counted('x', 3, 'suspend', 'a')]
    const { verdicts, state } = run([...first, counted('x', 2, 'resume', 'a'), counted('x', 2, 'suspend', 'b')])
    expect(verdicts.slice(3)).toEqual(['KNOWN', 'OLD_SEQUENCE'])
    expect(shown(state)).toEqual(['agency a by x'])
  })

  it('stays bounded: drops what is over, and refuses more when too much is in force', () => {
    const over = Array.from({ length: 2_400 }, (_, at) =>
      counted('x', at + 1, at % 2 === 0 ? 'suspend' : 'resume', `v${Math.floor(at / 2)}`),
    )
    const { state, verdicts } = run(over)
    expect(new Set(verdicts)).toEqual(new Set(['COUNTED']))
    expect(state.kept.size).toBeLessThanOrEqual(MAX_KEPT_SUSPENSIONS)
    const full = Array.from({ length: MAX_KEPT_SUSPENSIONS + 1 }, (_, at) => counted('y', at + 1, 'suspend', `w${at}`))
    const filled = run(full)
    expect(filled.verdicts.at(-1)).toBe('FULL')
    expect(filled.state.active.size).toBe(MAX_KEPT_SUSPENSIONS)
  })
})
