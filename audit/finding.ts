/** Something about a log that does not hold: for people a line, for tools a value. */
export interface Finding {
  /** One of a fixed set of words in capitals; `FINDING_KINDS` says what each means. */
  readonly kind: FindingKind
  /** A path below the log, with an index or a size where one is meant: `tile/0/000`, `entry 17`, `checkpoint of size 9`. */
  readonly where: string
  readonly expected: string
  readonly came: string
}

/** What can be found, and what it means. */
export const FINDING_KINDS = {
  MISSING: 'a file that the checkpoint calls for is not there, or cannot be read',
  MALFORMED: 'a file is not of its form',
  SIGNATURE: 'a checkpoint is not signed by the key that the policy, or the operator, names',
  ORIGIN: 'a checkpoint, or a log of the policy, goes by another name',
  ENTRY: 'an entry does not hash to its place in the tile: altered, swapped or moved',
  TILE: 'a tile’s hashes do not follow from the tiles below it',
  ROOT: 'the tiles do not lead to the root that a checkpoint says',
  ROLLBACK: 'a checkpoint that the log signed is ahead of what it shows now',
  GAP: 'the journal does not go on where the log ends',
  NO_QUORUM: 'not enough witnesses have seen the log up to here',
  RECEIPT: 'a receipt does not prove the entry that it is shown for',
  SALT: 'a salt does not open the commitment that it is kept for',
} as const

/** The name of a kind of finding. */
export type FindingKind = keyof typeof FINDING_KINDS

/** One line for people. */
export function formatFinding({ kind, where, expected, came }: Finding): string {
  return `${kind} ${where}: expected ${expected}, came ${came}`
}

/** A log that does not add up, and where. Thrown by what cannot go on. */
export class LogDamagedError extends Error {
  override readonly name = 'LogDamagedError'
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super(`the log does not add up: ${findings.map(formatFinding).join('; ')}`)
    this.findings = findings
  }
}

/** Throws a `LogDamagedError` with one finding. */
export function refuse(kind: FindingKind, where: string, expected: string, came: string): never {
  throw new LogDamagedError([{ kind, where, expected, came }])
}
