import { meaningOf } from '../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import type { ProbePart, ProbeReport, ProbeStepResult } from '../../contract/probe.ts'
import { showText } from '../../service/show-text.ts'
import { PROBE_WORDS, type ProbeWords } from './words.ts'

const MARKS = { OK: '✓', WRONG: '✗', SKIPPED: '·', UNKNOWN: '?' } as const

/** Describes what a probe found, in lines for a person: each step, and for each that is wrong what to do. */
export function describeReport(report: ProbeReport, language: Language): readonly string[] {
  const words = PROBE_WORDS[language]
  const { country, gatewayName, requestId, gatewayCertificate, parts } = report
  const wrong = parts.flatMap(({ steps }) => steps).filter(({ verdict }) => verdict === 'WRONG')
  return [
    words.head(country, gatewayName),
    ...(requestId === null ? [] : [words.ids(requestId, gatewayCertificate)]),
    ...parts.flatMap((part) => describePart(part, words, language)),
    wrong.length === 0 ? words.good : words.bad(wrong.length),
  ].map(showText)
}

function describePart({ domain, url, steps }: ProbePart, words: ProbeWords, language: Language): readonly string[] {
  const head = domain === null ? words.file : `${domain}  ${url}`
  return [head, ...steps.flatMap((step) => describeStep(step, words, language))]
}

function describeStep(result: ProbeStepResult, words: ProbeWords, language: Language): readonly string[] {
  const { step, verdict } = result
  const line = `  ${MARKS[verdict]} ${words.steps[step]}`
  if (verdict === 'SKIPPED') return [`${line}: ${words.skipped}`]
  if (verdict === 'UNKNOWN') return [`${line}: ${words.nothingToCompare[step] ?? result.found ?? ''}`]
  if (verdict === 'OK')
    return [result.found === null ? line : `${line}: ${result.found}`, ...remedy(result, words, language)]
  return [
    `${line}: ${[result.code, result.found].filter((each) => each !== null).join(' ')}`,
    ...remedy(result, words, language),
  ]
}

function remedy({ code, found }: ProbeStepResult, words: ProbeWords, language: Language): readonly string[] {
  if (code === 'CLOCKS_DIFFER') return [`      ${words.clock(Number(found))}`]
  if (code === null) return []
  if (Object.hasOwn(words.remedies, code)) return [`      ${words.remedies[code]}`]
  return Object.hasOwn(ERRORS, code) ? [`      ${meaningOf(code as ErrorCode, language)}`] : []
}
