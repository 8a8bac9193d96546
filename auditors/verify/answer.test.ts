import { describe, expect, it } from 'vitest'
import type { Finding } from '../../audit/finding.ts'
import { parsePolicy } from '../../audit/note/policy.ts'
import type { AsOf } from '../../audit/verify/verify-witnessed.ts'
import { speaking } from '../../service/lang-option.ts'
import { type VerifiedLog, verifyAnswer } from '../verify.ts'

const finding = (kind: Finding['kind']): Finding => ({ kind, where: 'entry 1', expected: 'this', came: 'that' })

function answerTo(findings: readonly Finding[], further: number, unknown: number, asOf?: AsOf, mistimed = 0) {
  const policy = parsePolicy('quorum none\n')
  const report: VerifiedLog = {
    ...{ source: 'gateway', origin: 'istmo.example/gateway', size: 500, root: 'r', pruned: [], isPruned: () => false },
    ...{ keys: policy },
    ...{
      witnessed: undefined,
      repeated: 0,
      findings,
      further,
      doubts: [],
      notes: [],
      witnesses: [],
      splits: [],
      entries: { read: 500, unknown, mistimed },
    },
  }
  const trust = { path: 'policy', sha256: 'f0b5', policy }
  return verifyAnswer({ trust, reports: [report], findings: [], notLookedAt: [], written: [], hashesOnly: false, asOf })
}

const OWNER =
  /the (?:log|copy) agrees with its own signature\. The trust policy demands no witnesses: whoever has the log’s key/

describe('the answer of `verify`', () => {
  it('counts the findings that it does not list', () => {
    const { verdict, text } = answerTo([finding('FORM')], 99, 0)
    expect(verdict).toBe('FAILS')
    expect(text).toMatch(/ {2}and 99 more\nDOES NOT HOLD: 100 findings\.$/)
  })

  it('says first which trust policy it was, for people and for tools', () => {
    const { text, json } = answerTo([], 0, 0)
    expect(text).toMatch(/^trust policy policy, SHA-256 f0b5\n/)
    expect(json.policy).toEqual({ file: 'policy', sha256: 'f0b5' })
  })

  it.each([
    ['HOLDS', undefined, /^HOLDS: the log/m],
    ['HELD', { size: 500 }, /^HELD AS OF 500 entries: the copy/m],
  ])('does not say that nothing was altered if no witness is demanded: %s', (expected, asOf, begins) => {
    const { verdict, text } = answerTo([], 0, 0, asOf)
    expect(verdict).toBe(expected)
    expect(text).toMatch(begins)
    expect(text).toMatch(OWNER)
    expect(text).not.toContain('removed or altered')
  })

  it('does not call a log altered whose clock was wrong, and says which entries have a wrong time and what to do', () => {
    const { verdict, text } = answerTo([finding('TIME')], 0, 0, undefined, 12)
    expect(verdict).toBe('UNTOLD')
    expect(text).toMatch(/^ {2}TIME entry 1: expected this, came that$/m)
    expect(text).toMatch(/^COULD NOT TELL WHEN: the log agrees .*, but 12 entries say a wrong time\./m)
    expect(text).toMatch(/^TIME: .*Ask the log’s owner/m)
    expect(answerTo([finding('TIME'), finding('ENTRY')], 0, 0, undefined, 1).verdict).toBe('FAILS')
    expect(answerTo([finding('TIME')], 0, 3, undefined, 1).text).toMatch(/^COULD NOT TELL: 4 doubts\.$/m)
  })

  it('counts the doubts that it does not list', () => {
    const { verdict, text } = answerTo([finding('UNKNOWN_FORM')], 99, 100)
    expect(verdict).toBe('UNTOLD')
    expect(text).toMatch(/COULD NOT TELL: 100 doubts\.$/)
  })

  it('gives its verdict in Spanish to who asks in Spanish, and the same JSON', async () => {
    const asOf = { size: 500 }
    const inSpanish = (...given: Parameters<typeof answerTo>) =>
      speaking(['--lang', 'es'], async () => answerTo(...given))
    const held = await inSpanish([], 0, 0, asOf)
    expect(held.text).toMatch(/^SE SOSTENÍA EN 500 asientos: la copia coincide con su propia firma\./m)
    expect(held.text).not.toMatch(/\b(?:the|of|was|and)\b/)
    expect((await inSpanish([finding('TIME')], 0, 3, undefined, 1)).text).toMatch(/^NO SE PUDO SABER: 4 dudas\.$/m)
    expect(held.json).toEqual(answerTo([], 0, 0, asOf).json)
  })
})
