import { DEPOSITARY } from '../../contract/country-code.ts'
import { noteCoverage } from '../kit/note-coverage.ts'
import type { NodeContext } from '../kit/types.ts'

/**
 * What the participant's data is complete for (migrations/004-coverage.sql). A list cannot show that it lacks something. Where the
 * participant does not say that its list is whole, the answer has the note `COVERAGE_PARTIAL`, so that an empty list is never read as
 * «there is none».
 */

/** What a statement of completeness is about. */
export type CoverageSubject = 'PARTICIPATIONS' | 'STATUTES' | 'ICCS'

/** The key that stands for everything. */
const EVERYTHING = '*'

/**
 * Notes in the answer that the treaties are not complete for these countries, unless the participant says that they are.
 * A country without any treaty does not keep treaties: its empty list is complete.
 * @param countries the countries whose participations the question is about; null for all.
 */
export async function noteTreatyCoverage(context: NodeContext, countries: readonly string[] | null): Promise<void> {
  if (await covers(context, 'PARTICIPATIONS', (covered) => countries?.every((code) => covered.has(code)) ?? false))
    return
  if (context.country === DEPOSITARY || (await hasRows(context, 'legal.instrument'))) noteCoverage(context)
}

/**
 * Notes in the answer that the statutes are not complete for these codes, unless the country says that they are. The depositary has no
 * law of its own.
 * @param codes codes of the ICCS; null for all statutes.
 */
export async function noteStatuteCoverage(context: NodeContext, codes: readonly string[] | null): Promise<void> {
  if (context.country === DEPOSITARY) return
  const isCovered = (code: string, covered: ReadonlySet<string>): boolean =>
    [...covered].some((above) => code.startsWith(above))
  if (await covers(context, 'STATUTES', (covered) => codes?.every((code) => isCovered(code, covered)) ?? false)) return
  noteCoverage(context)
}

/** Notes in the answer that the classification is not complete, unless the participant says that it is. */
export async function noteIccsCoverage(context: NodeContext): Promise<void> {
  if (!(await covers(context, 'ICCS', () => false))) noteCoverage(context)
}

async function covers(
  context: NodeContext,
  subject: CoverageSubject,
  hasAll: (covered: ReadonlySet<string>) => boolean,
): Promise<boolean> {
  const covered = await loadCoverage(context, subject)
  return covered.has(EVERYTHING) || hasAll(covered)
}

function loadCoverage(context: NodeContext, subject: CoverageSubject): Promise<ReadonlySet<string>> {
  const load = async (subjects: readonly string[]): Promise<readonly ReadonlySet<string>[]> => {
    const rows = await context.db.query<{ subject: string; key: string }>(
      'select subject, key from legal.coverage where subject = any($1::text[])',
      [subjects],
    )
    return subjects.map((one) => new Set(rows.filter((row) => row.subject === one).map(({ key }) => key)))
  }
  return context.loader<string, ReadonlySet<string>>('legal.coverage', () => load).load(subject)
}

function hasRows(context: NodeContext, table: 'legal.instrument'): Promise<boolean> {
  const load = async (tables: readonly string[]): Promise<readonly boolean[]> => {
    const [row] = await context.db.query<{ found: boolean }>('select exists (select from legal.instrument) as found')
    return tables.map(() => row?.found === true)
  }
  return context.loader<string, boolean>('legal.instrument exists', () => load).load(table)
}
