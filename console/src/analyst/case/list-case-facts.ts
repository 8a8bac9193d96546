import type { CaseFile } from '../../documents/types.ts'
import type { SessionAnswer } from '../../session/session.ts'
import { isHiddenField } from '../../shell/summarize-countries.ts'
import type { FileWords } from '../file-words.ts'
import { writePlace } from '../subdivisions.ts'

/** One line about a case. */
export interface CaseFact {
  readonly term: string
  /** Null or empty if nothing is recorded. */
  readonly text: string | null
  /** Whether a rule hides it: then nobody knows whether something is recorded. */
  readonly isHidden: boolean
}

/** Lists what a case says about itself in one line each, for the page and for a file. */
export function listCaseFacts(
  found: CaseFile,
  answer: Pick<SessionAnswer<unknown>, 'problems'>,
  { t, day }: Pick<FileWords, 't'> & Pick<FileWords['formats'], 'day'>,
): readonly CaseFact[] {
  const { id, caseTrackingId, filedOn, closedOn, status, category, court, subdivision, narrative } = found
  const country = found.country ?? id.slice(0, 2)
  const word = (group: string, code: string | null): string | null =>
    code === null ? null : t(`${group}.${code}`, { defaultValue: code })
  const fact = (term: string, field: string, text: string | null): CaseFact => ({
    term: t(term),
    text,
    isHidden: (text === null || text === '') && isHiddenField([answer], `Case.${field}`, country),
  })
  return [
    fact('case.tracking', 'caseTrackingId', caseTrackingId),
    fact('case.filed', 'filedOn', day(filedOn)),
    fact('case.closed', 'closedOn', day(closedOn)),
    fact('case.status', 'status', word('status', status)),
    fact('case.stage', 'category', word('stage', category)),
    fact('case.court', 'court', court),
    fact('case.place', 'subdivision', subdivision === null ? null : writePlace(subdivision)),
    fact('case.narrative', 'narrative', narrative),
  ]
}
