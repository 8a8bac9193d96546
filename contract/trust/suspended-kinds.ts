/** What a suspension may name. A statement has exactly one of them. */
export const SUSPENDED_KINDS = [
  'country',
  'domain',
  'coordinate',
  'agency',
  'authority',
  'task_force',
  'officer',
  'token',
  'key',
  'mandate',
] as const
/** One of {@link SUSPENDED_KINDS}. */
export type SuspendedKind = (typeof SUSPENDED_KINDS)[number]
