import { describe, expect, it } from 'vitest'
import type { VerifiedQuestion } from '../../../contract/trust/question-statement.ts'
import { createQuestionMemory, MAX_QUESTION_AGE_S } from './question-memory.ts'

const START_S = 1_795_000_000

function scene(caps = { legs: 3, rows: 10 }) {
  let nowMs = START_S * 1000
  const memory = createQuestionMemory(
    () => caps,
    () => nowMs,
  )
  const open = (jti: string, keyThumbprint = 'key', iat = START_S) =>
    memory.open({ jti, keyThumbprint, iat } as VerifiedQuestion)
  const pass = (seconds: number): void => {
    nowMs += seconds * 1000
  }
  return { open, pass }
}
const REACHED = expect.objectContaining({ code: 'QUESTION_CAP_REACHED' })
const codeOf = (act: () => void): unknown => {
  try {
    act()
    return null
  } catch (error) {
    return error
  }
}

describe('what a node remembers of a question', () => {
  it('counts the legs of one question, whoever opens it', () => {
    const { open } = scene()
    for (let at = 0; at < 3; at++) open('a').countLeg()
    expect(codeOf(() => open('a').countLeg())).toEqual(REACHED)
    expect(codeOf(() => open('b').countLeg())).toBe(null)
  })

  it('counts its rows, and takes no leg of a question that has had them', () => {
    const { open } = scene()
    open('a').countRows(10)
    expect(codeOf(() => open('a').countLeg())).toEqual(REACHED)
    expect(codeOf(() => open('a').countRows(1))).toEqual(REACHED)
    // The answer that is too large counts too: asking again does not help.
    open('b').countRows(9)
    expect(codeOf(() => open('b').countRows(2))).toEqual(REACHED)
    expect(codeOf(() => open('b').countLeg())).toEqual(REACHED)
  })

  it('keeps the questions of two sessions apart, also if they have one number', () => {
    const { open } = scene()
    open('a', 'ana').give(['HN:P-1'])
    expect([open('a', 'ana').hasGiven('HN:P-1'), open('a', 'beto').hasGiven('HN:P-1')]).toEqual([true, false])
  })

  it('forgets a question only when it is too old for any leg', () => {
    const { open, pass } = scene()
    open('a').give(['HN:P-1'])
    pass(MAX_QUESTION_AGE_S - 1)
    open('other')
    expect(open('a').hasGiven('HN:P-1')).toBe(true)
    pass(2)
    open('other')
    expect(open('a').hasGiven('HN:P-1')).toBe(false)
  })

  it('remembers a question to the last moment at which a node takes it', () => {
    const { open, pass } = scene()
    for (let at = 0; at < 3; at++) open('a').countLeg()
    // The age of a question is counted in whole seconds.
    pass(MAX_QUESTION_AGE_S + 0.999)
    open('other')
    expect(codeOf(() => open('a').countLeg())).toEqual(REACHED)
  })

  it('remembers a post-dated question as long as it could be used', () => {
    const { open, pass } = scene()
    for (let at = 0; at < 3; at++) open('a', 'key', START_S + 5).countLeg()
    pass(MAX_QUESTION_AGE_S + 2)
    open('other')
    expect(codeOf(() => open('a', 'key', START_S + 5).countLeg())).toEqual(REACHED)
  })

  it('remembers 20,000 ids of one question and 250,000 questions, and no more until they end', () => {
    const { open, pass } = scene()
    open('a').give(Array.from({ length: 20_001 }, (_, at) => `HN:P-${at}`))
    expect([open('a').hasGiven('HN:P-19999'), open('a').hasGiven('HN:P-20000')]).toEqual([true, false])
    for (let at = 1; at < 250_000; at++) open(`question ${at}`)
    expect(codeOf(() => open('one more'))).toEqual(expect.objectContaining({ code: 'RECORDS_UNAVAILABLE' }))
    expect(codeOf(() => open('a').countLeg())).toBe(null)
    pass(MAX_QUESTION_AGE_S + 1)
    expect(codeOf(() => open('one more'))).toBe(null)
  })

  it('counts no ids of questions that have ended', () => {
    const { open, pass } = scene()
    const ids = Array.from({ length: 20_000 }, (_, at) => `HN:P-${at}`)
    for (let at = 0; at < 50; at++) open(`question ${at}`).give(ids)
    pass(MAX_QUESTION_AGE_S + 1)
    open('later').give(['HN:P-1'])
    expect(open('later').hasGiven('HN:P-1')).toBe(true)
  })

  it('forgets the ids of the first questions when there are too many', () => {
    const { open } = scene()
    const ids = Array.from({ length: 20_000 }, (_, at) => `HN:P-${at}`)
    for (let at = 0; at < 51; at++) open(`question ${at}`).give(ids)
    expect([open('question 0').hasGiven('HN:P-1'), open('question 50').hasGiven('HN:P-1')]).toEqual([false, true])
    expect(open('question 1').hasGiven('HN:P-1')).toBe(true)
  })
})
