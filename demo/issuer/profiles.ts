/**
 * Who the demo's callers are: one row per profile of `npm run -s token -- PROFILE`.
 */
import type { Purpose } from '../../contract/access-token.ts'

/** What a profile puts into its tokens. */
export interface Profile {
  /** `org.role`. */
  readonly role: string
  /** `org.agency` within the country: `FECO` becomes `GT-MP-FECO`. */
  readonly unit: string
  /** Authentication context class: 1 a password, 2 two factors, 3 a hardware key. */
  readonly acr: '1' | '2' | '3'
  readonly scopes: readonly string[]
  /** The one purpose of its mandate; null: no mandate at all. */
  readonly purpose: Purpose | null
}

const CASE_WORK = ['case:read', 'case:count', 'person:read', 'person:hit', 'warrant:read', 'mla:read']
const PROSECUTING = ['case:officials', 'case:narrative', 'person:identifiers', 'person:associates', 'person:location']

/** The profiles, by name. Scopes are those of the contract's `@requiresScopes`, and `audit:read`. */
export const PROFILES = {
  analyst: { role: 'analyst', unit: 'FECO', acr: '2', scopes: CASE_WORK, purpose: 'INVESTIGATION' },
  prosecutor: {
    role: 'prosecutor',
    unit: 'FECO',
    acr: '3',
    scopes: [...CASE_WORK, ...PROSECUTING],
    purpose: 'PROSECUTION',
  },
  'hit-only': { role: 'officer', unit: 'DICRI', acr: '1', scopes: ['person:hit'], purpose: 'INVESTIGATION' },
  oversight: { role: 'auditor', unit: 'SUPERVISION', acr: '2', scopes: ['audit:read'], purpose: 'OVERSIGHT' },
  nobody: { role: 'none', unit: 'NONE', acr: '1', scopes: [], purpose: null },
} as const satisfies Record<string, Profile>

/** The name of a profile. */
export type ProfileName = keyof typeof PROFILES

/** Whether `name` is a profile of the table. */
export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name)
}
