import type { Said } from '../../contract/said.ts'

/** What `istmo check` finds, before it is put into words. */

/** `error`: it leaks, it is lost, or the node would not start. `warning`: answers are worse than they need be. `note`: good to know; nothing is wrong. */
export const SEVERITIES = ['error', 'warning', 'note'] as const
/** One of {@link SEVERITIES}. */
export type Severity = (typeof SEVERITIES)[number]

/** The id of each kind of finding, with its severity. An id never changes its meaning: programs compare it. */
export const FINDINGS = {
  NOT_CHECKED: 'note',
  CHECK_FAILED: 'error',
  // Settings and rules.
  RULES_WRONG: 'error',
  RULES_NOBODY: 'note',
  RULES_CUT_OFF: 'warning',
  TASK_FORCE_ENDED: 'warning',
  TASK_FORCE_WITHOUT_CALLERS: 'warning',
  RULES_LOOSER: 'warning',
  SECRET_OPEN: 'error',
  // The SDL.
  SDL_WRONG: 'error',
  SDL_LOOSER: 'error',
  PII_DROPPED: 'error',
  PII_WITHOUT_RULE: 'error',
  SDL_BREAKS: 'error',
  SDL_LEAVES_OUT: 'note',
  SDL_ADDS: 'note',
  GRAPH_WRONG: 'error',
  GRAPH_LOOSER: 'error',
  OPERATION_WRONG: 'error',
  OPERATION_PARTLY: 'note',
  // The database.
  DATABASE_UNUSABLE: 'error',
  DATABASE_OF_OTHER_COUNTRY: 'error',
  MIGRATION_MISSING: 'error',
  INDEX_MISSING: 'warning',
  INDEX_INVALID: 'warning',
  STATISTICS_OLD: 'warning',
  READER_UNSAFE: 'error',
  TABLE_OPEN: 'error',
  PROTECTED_SHOWN: 'error',
  // The rows.
  TABLE_EMPTY: 'note',
  VALUE_MISSING: 'error',
  VALUE_UNKNOWN: 'error',
  DATE_IMPOSSIBLE: 'error',
  DATES_REVERSED: 'warning',
  DATE_IN_FUTURE: 'warning',
  RECORDED_AFTER_CHANGE: 'warning',
  COUNTRY_UNKNOWN: 'error',
  HANDLING_UNKNOWN: 'error',
  ICCS_MALFORMED: 'error',
  ICCS_UNKNOWN: 'warning',
  ID_MALFORMED: 'error',
  ID_OF_OTHER_COUNTRY: 'error',
  LINK_TO_SELF: 'warning',
  REFERENCE_DANGLES: 'warning',
  DERIVED_UNCOVERED: 'error',
  SHARED_WITH_UNKNOWN: 'warning',
  SHARED_WITH_NOBODY: 'warning',
  HANDLING_HIDES: 'warning',
  VICTIM_NOT_PROTECTED: 'error',
  MINOR_NOT_PROTECTED: 'error',
  BIRTH_DATE_DOUBTFUL: 'warning',
  IDENTIFIER_PLACEHOLDER: 'warning',
  IDENTIFIER_OF_MANY: 'warning',
  TEXT_GARBLED: 'warning',
  PERSON_NEVER_FOUND: 'warning',
  COVERAGE_UNSAID: 'note',
  // The node's answers.
  SEARCH_MISSES: 'error',
  SEARCH_SHOWS_PROTECTED: 'error',
  ANSWER_FAILS: 'error',
  ANSWER_LATE: 'error',
  ANSWER_SLOW: 'warning',
  PLAN_READS_ALL: 'warning',
  // The machine.
  CLOCK_WRONG: 'error',
  CERTIFICATE_WRONG: 'error',
  CERTIFICATE_ENDS: 'warning',
  CERTIFICATE_ENDED: 'error',
  CERTIFICATE_CHAIN: 'error',
  CERTIFICATE_NAME: 'error',
  CERTIFICATE_PIN: 'error',
} as const satisfies Readonly<Record<string, Severity>>

/** The id of a kind of finding. */
export type FindingId = keyof typeof FINDINGS

/** Something that was found. It names records by their ids, and repeats no value of a row. */
export interface Finding {
  readonly id: FindingId
  /** Where: `cases.warrant.subject_id`, `Person.names`, `--tls-cert`. */
  readonly place: string
  /** What the words of this id need: names of columns, numbers, texts in each language, and texts of other tools as they are. */
  readonly details?: Readonly<Record<string, string | number | Said>>
  /** How many rows have it. */
  readonly count?: number
  /** The ids of some of these rows. */
  readonly examples?: readonly string[]
}

/** The parts of a check, in the order in which they run. */
export const PARTS = [
  'rules',
  'sdl',
  'graph',
  'operations',
  'certificates',
  'clock',
  'schema',
  'visibility',
  'rows',
  'references',
  'derived',
  'search',
  'timings',
] as const
/** One of {@link PARTS}. */
export type PartName = (typeof PARTS)[number]

/** How one part ended. */
export interface PartResult {
  readonly name: PartName
  /** `not-done`: it lacked something, which a NOT_CHECKED names. `failed`: it broke off, which a CHECK_FAILED names. */
  readonly state: 'done' | 'not-done' | 'failed'
  readonly ms: number
}

/** Thrown by a part that lacks what it needs. `lacks`: the option that would give it, such as `--supergraph FILE`. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked'
  readonly lacks: Said | string
  constructor(lacks: Said | string) {
    super(`expected ${typeof lacks === 'string' ? lacks : lacks.en}`)
    this.lacks = lacks
  }
}

/** Counts findings by their severity. */
export function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, note: 0 }
  for (const { id } of findings) counts[FINDINGS[id]] += 1
  return counts
}
