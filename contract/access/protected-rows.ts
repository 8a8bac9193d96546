/**
 * Protected persons: victims, witnesses and minors (docs/design/access.md, Protected rows). The row-level security of a domain hides
 * them from callers who may not read this field. If the caller has the rights to read it, each leg to such a domain carries them,
 * although it requests other fields.
 */

/** The type and the name of the field whose rule decides who sees protected persons. */
export const PROTECTED_ROWS_FIELD: readonly [type: string, field: string] = ['Case', 'protectedParticipants']

/** The domains that hide rows in this way, in addition to the domain of the field itself. */
export const PROTECTED_ROWS_DOMAINS: ReadonlySet<string> = new Set(['persons'])
