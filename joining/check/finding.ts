import type { Said } from '../../contract/said.ts'

/** What `istmo check` and `istmo doctor` find, before it is put into words. */

/**
 * `error`: it leaks, it is lost, or the node does not work. `warning`: answers are worse than they need be, or somebody must look soon. `note`: good to know;
 * nothing is wrong. `unknown`: it could not be looked at. `well`: it was looked at, and is as it must be.
 */
export type Severity = 'error' | 'warning' | 'note' | 'unknown' | 'well'

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
  IDENTIFIER_NOT_NORMAL: 'warning',
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
  CERTIFICATE_USE: 'error',
  CERTIFICATE_READ: 'well',
  TLS_NONE: 'well',
  CLOCK_WITH: 'well',
  CLOCK_SYNCED: 'well',
  CLOCK_UNSYNCED: 'warning',
  CLOCK_UNKNOWN: 'unknown',
  // The settings of a node.
  SETTINGS_READ: 'well',
  SETTINGS_WRONG: 'error',
  SETTING_UNKNOWN: 'warning',
  SETTING_MISSPELT: 'warning',
  DEVELOPMENT: 'warning',
  DANGER: 'error',
  SUSPENSIONS_NONE: 'warning',
  RULES_NONE: 'warning',
  RULES_READ: 'well',
  RULES_IN_FORCE: 'well',
  RULES_OTHER: 'error',
  RULES_UNCOMPARED: 'unknown',
  RULES_CLOSED: 'warning',
  POLICY_SUSPECT: 'warning',
  // Its keys.
  KEY_READ: 'well',
  KEY_NONE: 'warning',
  KEY_WRONG: 'error',
  KEY_SHARED: 'error',
  KEY_TWO: 'warning',
  KEY_UNKNOWN: 'error',
  // Its database.
  DATABASE_READ: 'well',
  DATABASE_NONE: 'warning',
  DATABASE_SIDECAR: 'well',
  DATABASE_IN_USE: 'unknown',
  DATABASE_MISSING: 'well',
  DATABASE_READ_ONLY: 'error',
  COMMITS_UNSAFE: 'warning',
  STANDBY_ASYNCHRONOUS: 'warning',
  MIGRATIONS_DONE: 'well',
  MIGRATIONS_NEWER: 'error',
  MIGRATIONS_ALTERED: 'error',
  READER_BOUND: 'well',
  ROWS_HIDDEN: 'well',
  ROWS_THERE: 'well',
  ROWS_NONE: 'warning',
  INDEXES_THERE: 'well',
  STATISTICS_FRESH: 'well',
  // Its audit log.
  LOG_READ: 'well',
  LOG_NONE: 'error',
  LOG_NEW: 'well',
  LOG_DAMAGED: 'error',
  LOG_FILES: 'well',
  LOG_PART: 'unknown',
  LOG_KEY: 'error',
  LOG_HELD: 'well',
  LOG_FREE: 'well',
  LOG_STALE: 'error',
  LOG_SALTS: 'error',
  LOG_AHEAD: 'error',
  LOG_WITNESSED: 'well',
  LOG_UNWITNESSED: 'warning',
  // Its machine.
  DISK_ROOM: 'well',
  DISK_LOW: 'error',
  DISK_GROWTH: 'warning',
  DISK_UNKNOWN: 'error',
  FOLDERS_OPEN: 'well',
  FOLDER_CLOSED: 'error',
  PORT_FREE: 'well',
  PORT_NODE: 'well',
  PORT_NODE_NOT_READY: 'error',
  PORT_TAKEN: 'error',
  // The others on whom it depends.
  REACHED: 'well',
  UNREACHED: 'error',
  KEY_SET_EMPTY: 'error',
  PROOF_GIVEN: 'well',
  PROOF_UNLISTED: 'error',
  PROOF_NONE: 'error',
  PROOF_OLD: 'error',
  PROOF_WRONG: 'error',
  PROOF_UNKNOWN: 'unknown',
  WITNESS_REACHED: 'well',
  WITNESS_UNREACHED: 'error',
  WITNESS_OTHER: 'error',
  VERSION_ISTMO: 'well',
  VERSION_NODE: 'error',
  VERSION_GATEWAY: 'well',
  VERSION_BEHIND: 'warning',
  VERSION_UNKNOWN: 'unknown',
} as const satisfies Readonly<Record<string, Severity>>

/** The id of a kind of finding. */
export type FindingId = keyof typeof FINDINGS

/** Something that was found. It names records by their ids, and repeats no value of a row. */
export interface Finding {
  readonly id: FindingId
  /** Where: `cases.warrant.subject_id`, `Person.names`, `--tls-cert`; or an area of the node. */
  readonly place: string
  /** How grave it is here, if that is not the severity of its id. */
  readonly severity?: Severity
  /** What the words of this id need: names of columns, numbers, texts in each language, and texts of other tools as they are. */
  readonly details?: Readonly<Record<string, string | number | Said>>
  /** How many rows have it. */
  readonly count?: number
  /** The ids of some of these rows. */
  readonly examples?: readonly string[]
}

/** What `istmo doctor` is about, in the order in which it looks. */
export const DOCTOR_AREAS = [
  'settings',
  'clock',
  'keys',
  'certificates',
  'database',
  'log',
  'disk',
  'ports',
  'reach',
  'versions',
] as const

/** One of {@link DOCTOR_AREAS}. */
export type DoctorArea = (typeof DOCTOR_AREAS)[number]

/** A finding, with what it is about. */
export interface AreaFinding extends Finding {
  readonly area: DoctorArea
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

/** Thrown by a part that lacks what it needs. `lacks`: the option that would give it, such as `--supergraph FILE`. */
export class NotChecked extends Error {
  override readonly name = 'NotChecked'
  readonly lacks: Said | string
  constructor(lacks: Said | string) {
    super(`expected ${typeof lacks === 'string' ? lacks : lacks.en}`)
    this.lacks = lacks
  }
}

/** Returns how grave a finding is. */
export function severityOf({ id, severity = FINDINGS[id] }: Finding): Severity {
  return severity
}

/** Counts findings by their severity. */
export function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, note: 0, unknown: 0, well: 0 }
  for (const finding of findings) counts[severityOf(finding)] += 1
  return counts
}

/** Whether somebody must do something about a finding. */
export function isFault(finding: Finding): boolean {
  return ['error', 'warning'].includes(severityOf(finding))
}
