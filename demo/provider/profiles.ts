/**
 * The demo's callers: one row for each profile of `npm run -s token -- PROFILE`.
 */
import type { Purpose } from '../../contract/access-token.ts'

/** What a profile's login and mandate say. */
export interface Profile {
  /** The country where the officer logs in, unless the command names another. */
  readonly country: 'GT' | 'HN'
  /** `org.role`. */
  readonly role: string
  /** `org.agency` within the country: `FECO` becomes `GT-MP-FECO`. */
  readonly unit: string
  /** Authentication context class: 1 a password, 2 two factors, 3 a hardware key. */
  readonly acr: '1' | '2' | '3'
  readonly scopes: readonly string[]
  /** The only purpose of its mandate. */
  readonly purpose: Purpose
}

const CASE_WORK = ['case:read', 'case:count', 'person:read', 'person:hit', 'mla:read']
const PROSECUTING = [
  ...['warrant:read', 'case:officials', 'case:narrative'],
  ...['person:identifiers', 'person:associates', 'person:location', 'person:protected'],
]

/** The profiles, by name. Their scopes are those of the contract's `@requiresScopes`, `audit:read`, and one that opens nothing. */
export const PROFILES = {
  /** Works on cases. Sees neither warrants nor protected persons. */
  analyst: { country: 'GT', role: 'analyst', unit: 'FECO', acr: '2', scopes: CASE_WORK, purpose: 'INVESTIGATION' },
  /** Has every right of the contract. The countries' policies decide about the rest. */
  prosecutor: {
    country: 'GT',
    role: 'prosecutor',
    unit: 'FECO',
    acr: '3',
    scopes: [...CASE_WORK, ...PROSECUTING],
    purpose: 'PROSECUTION',
  },
  /** Works in Honduras. Asks which countries know a person, and how many cases there are. */
  liaison: {
    country: 'HN',
    role: 'liaison',
    unit: 'ATIC',
    acr: '2',
    scopes: ['person:hit', 'case:count'],
    purpose: 'INVESTIGATION',
  },
  /** Asks only which countries know a person. */
  'hit-only': {
    country: 'GT',
    role: 'officer',
    unit: 'DICRI',
    acr: '1',
    scopes: ['person:hit'],
    purpose: 'INVESTIGATION',
  },
  /** Reads the audit log: who asked what. */
  oversight: {
    country: 'GT',
    role: 'auditor',
    unit: 'SUPERVISION',
    acr: '2',
    scopes: ['audit:read'],
    purpose: 'OVERSIGHT',
  },
  /** Has a valid token without any right: no country knows its agency, and nothing asks for its scope. */
  nobody: {
    country: 'GT',
    role: 'none',
    unit: 'NONE',
    acr: '1',
    scopes: ['demo:nothing'],
    purpose: 'INVESTIGATION',
  },
} as const satisfies Record<string, Profile>

/** The name of a profile. */
export type ProfileName = keyof typeof PROFILES

/** Checks whether `name` is the name of a profile. */
export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name)
}
