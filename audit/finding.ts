/** One thing that is wrong with a log. Tools read it as a value; `formatFinding` makes a line for people. */
export interface Finding {
  /** One of a fixed set of words in capitals. `FINDING_KINDS` explains each of them. */
  readonly kind: FindingKind
  /** The place: a path below the log, or an item with its index or size, such as `tile/0/000`, `entry 17`, `checkpoint of size 9`. */
  readonly where: string
  readonly expected: string
  readonly came: string
}

/** Each kind of finding, with its meaning. */
export const FINDING_KINDS = {
  MISSING: 'a file that the checkpoint requires does not exist or cannot be read',
  MALFORMED: 'a file does not have the form that it must have',
  SIGNATURE: 'a checkpoint is not signed by the key that the trust policy or the operator names',
  ORIGIN: 'a checkpoint, or a log of the trust policy, has a different name',
  ENTRY: 'an entry does not have the hash that its tile says: somebody altered, swapped or moved it',
  TILE: 'the hashes of a tile do not follow from the tiles below it',
  ROOT: 'the tiles do not lead to the root in a checkpoint',
  ROLLBACK: 'the log signed a checkpoint that is larger than what it shows now',
  GAP: 'the journal does not continue where the log ends',
  NO_QUORUM: 'not enough witnesses have cosigned the log up to here',
  SPLIT_VIEW: 'the log signed a checkpoint that contradicts what it shows here: it showed others another history',
  NOT_COSIGNED: 'a witness that the reader demands has not cosigned the log up to here',
  CONTRADICTED: 'a witness says that it cosigned another tree of this size',
  WITNESS_SILENT: 'a witness that the reader demands could not be asked',
  STALE: 'the last time at which a quorum had cosigned is longer ago than the reader accepts',
  AWAITS_WITNESSES: 'the newest entries were written after the last cosignatures, which are only minutes old',
  NOT_ASKED: 'a witness could not be asked what it cosigned last',
  WRONG_CLOCK: 'a witness cosigned with a time in the future; the cosignature does not count',
  REPEATED:
    'a checkpoint has several cosignatures of one witness, as earlier versions wrote while a quorum was missing; the first counts',
  RECEIPT: 'a receipt does not prove the entry that it was presented with',
  SHARD: 'the shards of a log do not follow one another, or one of them is missing',
  COUNT: 'the parts of a country are not numbered from 1 without gaps, or are not as many as an entry says',
  EXPORT: 'an export has an entry in a wrong place, twice, of another country or without the entry that it belongs to',
  FORM: 'an entry is not of the form that entries have, or not the canonical JSON of it',
  UNKNOWN_FORM: 'an entry is of a later version or of an unknown kind: nobody can tell with this program',
  ID: 'two entries have one id',
  TIME: 'entries have a time at which they cannot have been written: a clock was wrong, or somebody dated them so',
  OWNER: 'an entry names another log than the one in which it is',
  INDEX: 'the search index says something else than the log: somebody has altered it, or it belongs to another log',
  PARTS: 'an entry does not have all its parts, or a part has no entry',
} as const

/** The name of a kind of finding. */
export type FindingKind = keyof typeof FINDING_KINDS

/**
 * The kinds of findings about entries that do not say that a log was altered. A wrong clock writes wrong times into a log for ever, and their order is still
 * proven (docs/decisions/0138). Nobody can tell what such an entry, or one of a later version, is worth without a look at it.
 */
export const DOUBTFUL_KINDS: ReadonlySet<FindingKind> = new Set<FindingKind>(['UNKNOWN_FORM', 'TIME'])

/** Formats a finding as one line for people, without a line break. */
export function formatFinding({ kind, where, expected, came }: Finding): string {
  return `${kind} ${where}: expected ${expected}, came ${came}`
}

/** The log is damaged, and the operation cannot continue. `findings` says where the damage is. */
export class LogDamagedError extends Error {
  override readonly name = 'LogDamagedError'
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super(`the log is damaged: ${findings.map(formatFinding).join('; ')}`)
    this.findings = findings
  }
}

/**
 * Reports that the log is damaged.
 * @throws {LogDamagedError} always, with this one finding.
 */
export function throwDamaged(kind: FindingKind, where: string, expected: string, came: string): never {
  throw new LogDamagedError([{ kind, where, expected, came }])
}
