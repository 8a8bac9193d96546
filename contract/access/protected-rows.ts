/**
 * Victims, witnesses and minors (docs/design/access.md, Protected rows): a domain's row-level security hides them from who may
 * not read this field. A leg to such a domain therefore carries the rights to read it, where the caller has them, though it
 * asks for other fields.
 */

/** Type and name of the field whose rule shows protected rows. */
export const PROTECTED_ROWS_FIELD: readonly [type: string, field: string] = ['Case', 'protectedParticipants']

/** The domains whose rows are hidden so, beside the domain of the field itself. */
export const PROTECTED_ROWS_DOMAINS: ReadonlySet<string> = new Set(['persons'])
