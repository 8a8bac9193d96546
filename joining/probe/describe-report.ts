import { meaningOf } from '../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../contract/errors.ts'
import type { Language } from '../../contract/language.ts'
import type { ProbePart, ProbeReport, ProbeStepResult } from '../../contract/probe.ts'
import { showText } from '../../service/show-text.ts'
import { probeWords } from './words.ts'

const MARKS = { OK: '✓', WRONG: '✗', SKIPPED: '·', UNKNOWN: '?' } as const

/** Describes what a probe found, in lines for a person: each step, and for each that is wrong what to do. */
export function describeReport(report: ProbeReport, language: Language): readonly string[] {
  const say = probeWords(language)
  const { country, gatewayName: gateway, requestId: request, gatewayCertificate: certificate, parts } = report
  const wrong = parts.flatMap(({ steps }) => steps).filter(({ verdict }) => verdict === 'WRONG')
  const ids =
    certificate === null
      ? say('ids', { request: request ?? '' })
      : say('idsAndCertificate', { request: request ?? '', certificate })
  return [
    say('head', { country, gateway }),
    ...(request === null ? [] : [ids]),
    ...parts.flatMap((part) => describePart(part, language)),
    wrong.length === 0 ? say('good') : say('bad', { count: wrong.length }),
  ].map(showText)
}

function describePart({ domain, url, steps }: ProbePart, language: Language): readonly string[] {
  const head = domain === null ? probeWords(language)('file') : `${domain}  ${url}`
  return [head, ...steps.flatMap((step) => describeStep(step, language))]
}

function describeStep(result: ProbeStepResult, language: Language): readonly string[] {
  const { step, verdict, code, found } = result
  const say = probeWords(language)
  const line = `  ${MARKS[verdict]} ${say(`steps.${step}`)}`
  if (verdict === 'SKIPPED') return [`${line}: ${say('skipped')}`]
  if (verdict === 'UNKNOWN') return [`${line}: ${sayIfThere(`nothingToCompare.${step}`, language) ?? found ?? ''}`]
  const came = [verdict === 'OK' ? null : code, found].filter((each) => each !== null).join(' ')
  return [came === '' && verdict === 'OK' ? line : `${line}: ${came}`, ...sayRemedy(result, language)]
}

function sayRemedy({ code, found }: ProbeStepResult, language: Language): readonly string[] {
  if (code === null) return []
  if (code === 'CLOCKS_DIFFER') {
    const seconds = Number(found)
    return [
      `      ${probeWords(language)(`clock.${seconds > 0 ? 'ahead' : 'behind'}`, { seconds: Math.abs(seconds) })}`,
    ]
  }
  const remedy = sayIfThere(`remedies.${code}`, language)
  if (remedy !== undefined) return [`      ${remedy}`]
  return Object.hasOwn(ERRORS, code) ? [`      ${meaningOf(code as ErrorCode, language)}`] : []
}

/** Says a text whose key depends on a code; undefined if there is none. i18next says a key without a text as it is. */
function sayIfThere(key: string, language: Language): string | undefined {
  const text = (probeWords(language) as (key: string) => string)(key)
  return text === key ? undefined : text
}
