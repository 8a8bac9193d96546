import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from '../../../audit/finding.ts'
import { replaceFile } from '../../../service/replace-file.ts'
import type { Verdict } from '../command.ts'
import { formatFindings } from '../verify/format-findings.ts'
import type { KnownTimes } from './state.ts'

/** What one run of `istmo audit daily` found. */
export interface DailyReport {
  /** When it ran: RFC 3339 in UTC. */
  readonly time: string
  readonly verdict: Verdict
  readonly own: OwnReport
  readonly counterparts: readonly CounterpartReport[]
}

/** What the run found in the own log. */
export interface OwnReport {
  readonly log: string
  readonly size: number
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
  /** The entries with a wrong time. */
  readonly times: KnownTimes
  /** What else to know of it, for people, line by line. */
  readonly notes: readonly string[]
}

/** What the run found with one counterpart. */
export interface CounterpartReport {
  /** As the settings name it. */
  readonly counterpart: string
  /** The origin of its log; null if it could not be read. */
  readonly origin: string | null
  readonly verdict: Verdict
  /** The range of requests, RFC 3339; null if nothing was compared. */
  readonly from: string | null
  readonly until: string | null
  readonly matched: number
  /** How many differences of each class, and how many of them were known before. */
  readonly classes: Readonly<Record<string, { readonly all: number; readonly known: number }>>
  /** The id of the entry with the result in the own log; null if there is none. */
  readonly entry: string | null
  /** For people, line by line. */
  readonly lines: readonly string[]
}

/** The forms in which a report is written, by the ending of their files. Another form is one more line here. */
const FORMS: Readonly<Record<string, (report: DailyReport) => string>> = {
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  txt: (report) => `${formatReport(report).join('\n')}\n`,
}

/** Writes a report in all its forms to the folder `reports`. A later report of the same day replaces it. Returns the paths. */
export async function writeReport(folder: string, report: DailyReport): Promise<readonly string[]> {
  const paths: string[] = []
  await mkdir(join(folder, 'reports'), { recursive: true, mode: 0o700 })
  for (const [ending, render] of Object.entries(FORMS)) {
    const path = join(folder, 'reports', `${report.time.slice(0, 10)}.${ending}`)
    await replaceFile(path, render(report))
    paths.push(path)
  }
  return paths
}

/** Formats a report for people, line by line. */
export function formatReport({ time, verdict, own, counterparts }: DailyReport): readonly string[] {
  return [
    `istmo audit daily, ${time}`,
    '',
    `${own.log} (${own.size} entries): ${VERDICTS[own.verdict]}`,
    ...formatFindings(own.findings),
    ...own.notes.map((note) => `  ${note}`),
    ...counterparts.flatMap(({ lines }) => ['', ...lines]),
    '',
    VERDICTS[verdict],
  ]
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  HOLDS: 'HOLDS.',
  FAILS: 'DOES NOT HOLD.',
  UNTOLD: 'COULD NOT TELL.',
}
