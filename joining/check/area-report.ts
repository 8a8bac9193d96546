import type { Language } from '../../contract/language.ts'
import { describeFinding, sayFinding } from './describe-finding.ts'
import { type AreaFinding, countBySeverity, DOCTOR_AREAS, severityOf } from './finding.ts'
import { checkWords } from './words.ts'

/** Writes the findings of `istmo doctor` as one JSON document. */
export function formatAreasJson(findings: readonly AreaFinding[], language: Language): string {
  const { well, warning, error: wrong, unknown } = countBySeverity(findings)
  const shown = findings.map((finding) => {
    const { severity, remedy } = describeFinding(finding, language)
    const values = Object.values(finding.details ?? {}).map((each) =>
      typeof each === 'object' ? each[language] : each,
    )
    const { area, id: code, place } = finding
    return {
      area,
      state: severity === 'error' ? 'wrong' : severity,
      code,
      place,
      values,
      what: sayFinding(finding, language),
      remedy,
    }
  })
  return `${JSON.stringify({ counts: { well, warning, wrong, unknown }, findings: shown }, undefined, 2)}\n`
}

/** Writes them as text for a terminal, by area. @param all also what is well. */
export function formatAreas(findings: readonly AreaFinding[], language: Language, all: boolean): string {
  const say = checkWords(language)
  const lines = DOCTOR_AREAS.flatMap((area) => {
    const shown = findings.filter((each) => each.area === area && (all || severityOf(each) !== 'well'))
    const texts = shown.flatMap((finding) => {
      const { severity, remedy } = describeFinding(finding, language)
      const hasRemedy = remedy !== '' && severity !== 'well'
      return [
        `  ${say(`severities.${severity}`)}: ${sayFinding(finding, language)}`,
        ...(hasRemedy ? [`    ${say('line.remedy')}: ${remedy}`] : []),
      ]
    })
    return shown.length === 0 ? [] : [say(`doctor.areas.${area}`), ...texts]
  })
  const { well, warning, error, unknown } = countBySeverity(findings)
  return `${[...lines, say('doctor.summary', { well, warning, error, unknown })].join('\n')}\n`
}
