import type { SuspensionAct } from './find-suspension.ts'

/** The members of an audit log's entry about an act (`SUSPENSION_ACT` of contract/audit-log/parts.ts). */
export interface ActMembers extends Pick<SuspensionAct, 'by' | 'reason' | 'seq'> {
  readonly source: string | null
  readonly action: 'SUSPENDED' | 'RESUMED'
  readonly what: Pick<SuspensionAct, 'kind' | 'value'>
  /** SHA-256 of the statement, in hexadecimal digits. */
  readonly statement: string
}

/**
 * Makes the members of an entry about an act.
 * @param source the country or authority whose feed brought it; null if it came into the process's own folder.
 */
export function entryOfAct(
  { action, kind, value, by, reason, seq, statement }: SuspensionAct,
  source: string | null,
): ActMembers {
  return {
    source,
    action: action === 'suspend' ? 'SUSPENDED' : 'RESUMED',
    what: { kind, value },
    by,
    reason,
    seq,
    statement: Buffer.from(statement, 'base64url').toString('hex'),
  }
}
