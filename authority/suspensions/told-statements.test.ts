import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../contract/audit-log/entry.ts'
import type { SuspendedKind } from '../../contract/trust/suspended-kinds.ts'
import {
  countStatement,
  MAX_KEPT_SUSPENSIONS,
  NOTHING_SUSPENDED,
  type SuspensionState,
  whatKey,
} from '../../contract/trust/suspension-state.ts'
import { createTold, type Told } from './suspensions.ts'

const ISSUER = 'https://authority.gt.example'
const START_MS = Date.parse('2026-11-27T08:00:00Z')
const TOKEN_MS = 600_000
const DAY_MS = 86_400_000

/** Something that an authority's log says, `afterMs` after what came before it. */
type Fact = { readonly afterMs: number } & (
  | { readonly is: 'grant'; readonly id: string; readonly officer: string }
  | { readonly is: 'approve' | 'revoke'; readonly mandate: string }
  | {
      readonly is: 'act'
      readonly by: string
      readonly resumes: boolean
      readonly kind: SuspendedKind
      readonly value: string
    }
)

function toEntry(fact: Fact, ms: number): Entry {
  const base = { time: new Date(ms).toISOString() }
  if (fact.is === 'grant') {
    const { id: tokenId, officer } = fact
    return { ...base, kind: 'access-token', tokenId, officer, expires: new Date(ms + TOKEN_MS).toISOString() } as Entry
  }
  if (fact.is !== 'act') {
    return { ...base, kind: fact.is === 'approve' ? 'mandate' : 'mandate-revocation', mandate: fact.mandate } as Entry
  }
  const { by, kind, value } = fact
  const act = { action: fact.resumes ? 'RESUMED' : 'SUSPENDED', what: { kind, value }, by, reason: 'a test' }
  return { ...base, kind: 'authority-suspension', ...act } as Entry
}

function create(): Told {
  return createTold({ issuer: ISSUER, country: 'GT', isNameOf: (name, ref) => name === ref || name === `${ref} in HN` })
}

/** A node that follows the authority: it asks for what comes after its position, and counts it. */
function createFollower() {
  let state: SuspensionState = NOTHING_SUSPENDED
  let after = 0
  return {
    hear(told: Told, from = after): readonly string[] {
      const verdicts = told.statements().flatMap(({ claims }) => {
        if (claims.seq <= from) return []
        const [[kind, value] = []] = Object.entries(claims.what) as [SuspendedKind, string][]
        const text = `a.${JSON.stringify(claims)}.b`
        const statement = { claims, kind: kind as SuspendedKind, value: value as string, hash: text, text }
        const counted = countStatement(state, { statement, isOwner: true, position: claims.seq })
        state = counted.state
        return [counted.verdict]
      })
      after = told.last()
      return verdicts
    },
    suspended: () => [...state.active.keys()].sort(),
  }
}

/** Says by the complete list of facts what must be suspended for others now, and what may still be because nobody ended it. */
function oracle(facts: readonly Fact[]) {
  let ms = START_MS
  const timed = facts.map((fact) => {
    ms += fact.afterMs
    return { fact, ms }
  })
  const who = new Map<string, Set<string>>()
  const since = new Map<string, { readonly ms: number; readonly at: number }>()
  const [must, may] = [new Set<string>(), new Set<string>()]
  const add = (key: string, untilMs: number) => void (untilMs > ms ? must : may).add(key)
  for (const [at, { fact, ms: then }] of timed.entries()) {
    if (
      fact.is === 'revoke' &&
      timed.slice(0, at).some(({ fact: { ...one } }) => one.is === 'approve' && one.mandate === fact.mandate)
    ) {
      add(whatKey('mandate', fact.mandate), then + 182 * DAY_MS)
    }
    if (fact.is !== 'act') continue
    const key = whatKey(fact.kind, fact.value)
    const by = who.get(key) ?? new Set()
    const wasSuspended = by.size > 0
    if (!fact.resumes) by.add(fact.by)
    else if (fact.by === 'GT') by.clear()
    else by.delete(fact.by)
    who.set(key, by)
    if (by.size === 0) since.delete(key)
    else if (!wasSuspended) since.set(key, { ms: then, at })
  }
  for (const [key, { ms: then, at }] of since) {
    const [kind = '', ...rest] = key.split(' ')
    if (kind === 'agency' || kind === 'mandate') add(key, Number.POSITIVE_INFINITY)
    if (kind !== 'officer') continue
    for (const { fact, ms: granted } of timed.slice(0, at)) {
      const ends = granted + TOKEN_MS + 30_000
      const isTheirs = fact.is === 'grant' && rest.join(' ').split(' in ')[0] === fact.officer && ends > then
      if (isTheirs) add(whatKey('token', fact.id), ends)
    }
  }
  return { must: [...must], may: new Set([...may, ...must]) }
}

const afterMs = fc.constantFrom(0, 0, 1, 1_000, 500_000, 700_000, 200 * DAY_MS)
const mandate = fc.constantFrom('m1', 'm2')
const facts = fc
  .array(
    fc.oneof(
      fc.record({ is: fc.constant('grant' as const), officer: fc.constantFrom('1.o', '1.p'), afterMs }),
      fc.record({ is: fc.constantFrom('approve' as const, 'revoke' as const), mandate, afterMs }),
      fc
        .record({
          ...{ is: fc.constant('act' as const), by: fc.constantFrom('GT', 'x', 'y'), resumes: fc.boolean(), afterMs },
          what: fc.constantFrom(
            ...(['agency a', 'officer 1.o', 'officer 1.o in HN', 'mandate m1', 'country HN'] as const),
          ),
        })
        .map(({ what, ...act }) => {
          const [kind, ...value] = what.split(' ')
          return { ...act, kind: kind as SuspendedKind, value: value.join(' ') }
        }),
    ),
    { maxLength: 25 },
  )
  .map((all) => all.map((fact, at): Fact => (fact.is === 'grant' ? { ...fact, id: `token-${at}` } : fact)))

describe('what an authority tells', () => {
  it('suspends at each follower what the log says, whenever the follower asks, and nothing else', () => {
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.boolean()), (all, asks) => {
        const told = create()
        const often = createFollower()
        const sometimes = createFollower()
        let ms = START_MS
        for (const [at, fact] of all.entries()) {
          ms += fact.afterMs
          told.take(toEntry(fact, ms))
          const verdicts = [...often.hear(told), ...(asks.next().value ? sometimes.hear(told) : [])]
          expect(verdicts.filter((verdict) => verdict !== 'COUNTED')).toEqual([])
          const { must, may } = oracle(all.slice(0, at + 1))
          expect(often.suspended()).toEqual(expect.arrayContaining(must))
          expect(often.suspended().filter((what) => !may.has(what))).toEqual([])
        }
        sometimes.hear(told)
        const late = createFollower()
        late.hear(told)
        for (const follower of [sometimes, late]) expect(follower.suspended()).toEqual(often.suspended())
        // Asked for everything once more, as after a restart of the follower, it knows all of it.
        expect(often.hear(told, 0).filter((verdict) => verdict !== 'KNOWN')).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('is the same after a restart, with numbers that grow, also if the clock was set back', () => {
    const backwards = fc.constantFrom(-3_600_000, -1, 0, 1, 5_000)
    fc.assert(
      fc.property(facts, fc.infiniteStream(backwards), (all, steps) => {
        let ms = START_MS
        const entries = all.map((fact) => {
          ms += steps.next().value
          return toEntry(fact, ms)
        })
        const [told, again] = [create(), create()]
        for (const entry of entries) told.take(entry)
        for (const entry of entries) again.take(entry)
        expect(again.statements()).toEqual(told.statements())
        const seqs = told.statements().map(({ claims }) => claims.seq)
        expect(seqs).toEqual([...new Set(seqs)].sort((one, other) => one - other))
        expect(seqs.at(-1) ?? 0).toBe(told.last())
      }),
      { numRuns: 200 },
    )
  })

  it('has higher numbers than before if the log was lost and begun anew', () => {
    const [told, anew] = [create(), create()]
    const suspend = { is: 'act', by: 'GT', resumes: false, kind: 'agency', value: 'a', afterMs: 0 } as const
    for (let at = 0; at < 50; at++) told.take(toEntry({ ...suspend, value: `a${at}` }, START_MS))
    anew.take(toEntry(suspend, START_MS + 1_000))
    expect(anew.last()).toBeGreaterThan(told.last())
  })

  it('stays bounded while 2,400 acts suspend and resume, and says so if too much is suspended at once', () => {
    const told = create()
    const follower = createFollower()
    const act = (value: string, resumes: boolean) =>
      told.take(toEntry({ is: 'act', by: 'x', resumes, kind: 'agency', value, afterMs: 0 }, START_MS))
    told.take(toEntry({ is: 'approve', mandate: 'm1', afterMs: 0 }, START_MS))
    told.take(toEntry({ is: 'revoke', mandate: 'm1', afterMs: 0 }, START_MS))
    for (let at = 0; at < 1_200; at++) {
      act(`a${at}`, false)
      act(`a${at}`, true)
    }
    expect(told.statements().length).toBeLessThanOrEqual(MAX_KEPT_SUSPENSIONS)
    follower.hear(told)
    expect(follower.suspended()).toEqual(['mandate m1'])
    for (let at = 0; at < MAX_KEPT_SUSPENSIONS; at++) act(`b${at}`, false)
    expect(told.isFull()).toBe(true)
  })
})
