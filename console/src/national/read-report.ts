/**
 * Reads what the commands of a national team print with `--json`, out of files that somebody opens in the browser: `istmo doctor`, `check`, `sync`,
 * `conformance`, `probe` and `suspensions`. The node’s operator server is not reachable for a browser, and should not be.
 */

/** The commands whose results are read here. */
export const REPORT_KINDS = ['doctor', 'check', 'sync', 'conformance', 'probe', 'suspensions'] as const
/** One of {@link REPORT_KINDS}. */
export type ReportKind = (typeof REPORT_KINDS)[number]

/** How something stands. */
export type ReportState = 'wrong' | 'warning' | 'unknown' | 'note' | 'well'

/** The states, the gravest first. */
export const STATES = ['wrong', 'warning', 'unknown', 'note', 'well'] as const satisfies readonly ReportState[]

/** One thing that a command found. The texts are in the language in which the command ran. */
export interface ReportRow {
  readonly state: ReportState
  /** The command's own code; empty if it has none. */
  readonly code: string
  readonly place: string
  readonly what: string
  /** What to do; empty if nothing is to be done. */
  readonly remedy: string
}

/** The result of a command. */
export interface ReadReport {
  readonly kind: ReportKind
  /** The country; null if the file does not say it. */
  readonly country: string | null
  /** When it was made, RFC 3339; null if the file does not say it. */
  readonly madeAt: string | null
  /** The gravest first. */
  readonly rows: readonly ReportRow[]
}

type Members = Readonly<Record<string, unknown>>

/** Reads a file; null if it is of none of these commands. */
export function readReport(text: string): ReadReport | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const root = toObject(value)
  if (root === null) return null
  const read = READERS.map((reader) => reader(root)).find((each) => each !== null)
  if (read === undefined || read === null) return null
  const rows = read.rows.toSorted((one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state))
  return { ...read, rows }
}

/** Counts the rows of each state. */
export function countStates({ rows }: ReadReport): Readonly<Record<ReportState, number>> {
  const counts = { wrong: 0, warning: 0, unknown: 0, note: 0, well: 0 }
  for (const { state } of rows) counts[state] += 1
  return counts
}

const READERS: readonly ((root: Members) => ReadReport | null)[] = [
  readDoctor,
  readCheck,
  readSync,
  readConformance,
  readProbe,
  readSuspensions,
]

const DOCTOR_STATES: Readonly<Record<string, ReportState>> = {
  well: 'well',
  warning: 'warning',
  wrong: 'wrong',
  unknown: 'unknown',
}

function readDoctor({ counts, findings }: Members): ReadReport | null {
  if (toObject(counts) === null) return null
  const rows = readRows(findings, ({ area, state, code, what, remedy }) => {
    const known = stateIn(DOCTOR_STATES, state)
    return known === undefined || typeof area !== 'string'
      ? null
      : { state: known, code: text(code), place: area, what: text(what), remedy: known === 'well' ? '' : text(remedy) }
  })
  return rows === null ? null : { kind: 'doctor', country: null, madeAt: null, rows }
}

const CHECK_STATES: Readonly<Record<string, ReportState>> = { error: 'wrong', warning: 'warning', note: 'note' }

function readCheck({ country, checkedAt, parts, findings }: Members): ReadReport | null {
  if (typeof checkedAt !== 'string' || !Array.isArray(parts)) return null
  const rows = readRows(findings, ({ severity, id, place, expected, came, remedy, count, examples }) => {
    const state = stateIn(CHECK_STATES, severity)
    if (state === undefined) return null
    const such = [...(typeof count === 'number' ? [String(count)] : []), ...texts(examples)].join(', ')
    const what = [`${text(expected)} → ${text(came)}`, ...(such === '' ? [] : [such])].join(' · ')
    return { state, code: text(id), place: text(place), what, remedy: text(remedy) }
  })
  return rows === null ? null : { kind: 'check', country: text(country), madeAt: checkedAt, rows }
}

function readSync({ country, source, kinds, refused, causes, shrinking }: Members): ReadReport | null {
  if (!Array.isArray(kinds) || typeof refused !== 'number' || typeof source !== 'string') return null
  const all = readRows(kinds, ({ kind, ...counts }) => {
    if (typeof kind !== 'string') return null
    const numbers = Object.entries(counts).filter(([, count]) => typeof count === 'number')
    const hasRefused = typeof counts.refused === 'number' && counts.refused > 0
    const what = numbers.map(([name, count]) => `${name} ${String(count)}`).join(', ')
    return { state: hasRefused ? 'warning' : 'well', code: '', place: kind, what, remedy: '' }
  })
  const reasons = readRows(causes ?? [], ({ section, column, reason, rows }) => {
    const place = [text(section), text(column)].filter((each) => each !== '').join('.')
    return { state: 'warning', code: '', place, what: `${text(reason)} (${String(rows)})`, remedy: '' }
  })
  if (all === null || reasons === null) return null
  const shrunk = texts(shrinking).map(
    (place): ReportRow => ({ state: 'wrong', code: 'SHRINKING', place, what: '', remedy: '' }),
  )
  return { kind: 'sync', country: text(country), madeAt: null, rows: [...shrunk, ...reasons, ...all] }
}

const CONFORMANCE_STATES: Readonly<Record<string, ReportState>> = {
  PASSED: 'well',
  FAILED: 'wrong',
  NOT_TRIED: 'unknown',
}

function readConformance({ verdict, checks, country }: Members): ReadReport | null {
  if (typeof verdict !== 'string') return null
  const rows = readRows(checks, ({ id, result, title, reason, findings, remedy }) => {
    const state = stateIn(CONFORMANCE_STATES, result)
    if (state === undefined) return null
    const found = (Array.isArray(findings) ? findings : []).map((each: unknown) => {
      const { place, expected, came } = toObject(each) ?? {}
      return `${text(place)}: ${text(expected)} → ${text(came)}`
    })
    const what = [text(title), ...(reason === undefined ? [] : [text(reason)]), ...found].join(' · ')
    return { state, code: '', place: text(id), what, remedy: text(remedy) }
  })
  return rows === null ? null : { kind: 'conformance', country: text(country) || null, madeAt: null, rows }
}

const PROBE_STATES: Readonly<Record<string, ReportState>> = {
  OK: 'well',
  WRONG: 'wrong',
  SKIPPED: 'unknown',
  UNKNOWN: 'unknown',
}

function readProbe({ country, gatewayName, parts }: Members): ReadReport | null {
  if (typeof gatewayName !== 'string' || !Array.isArray(parts)) return null
  const rows: ReportRow[] = []
  for (const part of parts as readonly unknown[]) {
    const { domain, url, steps } = toObject(part) ?? {}
    const read = readRows(steps, ({ step, verdict, code, found }) => {
      const state = stateIn(PROBE_STATES, verdict)
      const place = [text(domain), text(step)].filter((each) => each !== '').join(' ')
      const what = [text(found), text(url)].filter((each) => each !== '').join(' · ')
      return state === undefined ? null : { state, code: text(code), place, what, remedy: '' }
    })
    if (read === null) return null
    rows.push(...read)
  }
  return { kind: 'probe', country: text(country), madeAt: null, rows }
}

function readSuspensions({ inForce, waiting }: Members): ReadReport | null {
  if (!Array.isArray(inForce) || !Array.isArray(waiting)) return null
  const active = readRows(inForce, ({ kind, value, since, by, reason }) => {
    if (typeof since !== 'number') return null
    const what = `${new Date(since * 1_000).toISOString()} · ${text(by)}: ${text(reason)}`
    return { state: 'warning', code: '', place: `${text(kind)} ${text(value)}`, what, remedy: '' }
  })
  const next = readRows(waiting, ({ iss, action, what, reason }) => {
    const [[kind = '', value = ''] = []] = Object.entries(toObject(what) ?? {})
    const described = `${text(action)} · ${text(iss)}: ${text(reason)}`
    return { state: 'unknown', code: '', place: `${kind} ${text(value)}`, what: described, remedy: '' }
  })
  if (active === null || next === null) return null
  return { kind: 'suspensions', country: null, madeAt: null, rows: [...active, ...next] }
}

/** Finds the state of a word of a command. A plain look-up would find `constructor` in each table. */
function stateIn(states: Readonly<Record<string, ReportState>>, word: unknown): ReportState | undefined {
  return Object.hasOwn(states, String(word)) ? states[String(word)] : undefined
}

/** Reads each item of a list; null if there is no list, or an item has another form. */
function readRows(list: unknown, read: (item: Members) => ReportRow | null): readonly ReportRow[] | null {
  if (!Array.isArray(list)) return null
  const rows = list.map((item: unknown) => {
    const object = toObject(item)
    return object === null ? null : read(object)
  })
  return rows.every((row) => row !== null) ? rows : null
}

function toObject(value: unknown): Members | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : null
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text).filter((each) => each !== '') : []
}
