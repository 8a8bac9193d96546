import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../audit/finding.ts'
import { parsePolicy } from '../../../audit/note/policy.ts'
import { type VerifiedLog, verifyAnswer } from './answer.ts'

const finding = (kind: Finding['kind']): Finding => ({ kind, where: 'entry 1', expected: 'this', came: 'that' })

function answerTo(findings: readonly Finding[], further: number, unknown: number) {
  const report: VerifiedLog = {
    ...{ source: 'gateway', origin: 'istmo.example/gateway', size: 500, root: 'r', pruned: [], witnessed: undefined },
    ...{ findings, further, doubts: [], notes: [], witnesses: [], splits: [], entries: { read: 500, unknown } },
  }
  const policy = parsePolicy('quorum none\n')
  return verifyAnswer({ policy, reports: [report], findings: [], written: [], hashesOnly: false })
}

describe('the answer of `verify`', () => {
  it('counts the findings that it does not list', () => {
    const { verdict, text } = answerTo([finding('TIME')], 99, 0)
    expect(verdict).toBe('FAILS')
    expect(text).toMatch(/ {2}and 99 more\nDOES NOT HOLD: 100 findings\.$/)
  })

  it('counts the doubts that it does not list', () => {
    const { verdict, text } = answerTo([finding('UNKNOWN_FORM')], 99, 100)
    expect(verdict).toBe('UNTOLD')
    expect(text).toMatch(/COULD NOT TELL: 100 doubts\.$/)
  })
})
