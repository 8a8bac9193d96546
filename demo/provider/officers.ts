/** The demo's callers, and the officers of a country's login provider: one for each profile. */
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { PURPOSES } from '../../contract/access-token.ts'
import { readData } from '../home.ts'

const profile = z.strictObject({
  /** The country where the officer logs in, unless the command names another. */
  country: z.enum(['GT', 'HN']),
  /** `org.role`. */
  role: z.string(),
  /** `org.agency` within the country: `FECO` becomes `GT-MP-FECO`. */
  unit: z.string(),
  /** Authentication context class: 1 a password, 2 two factors, 3 a hardware key. */
  acr: z.enum(['1', '2', '3']),
  scopes: z.array(z.string()).readonly(),
  /** The only purpose of its mandate. */
  purpose: z.enum(PURPOSES),
})

/** What a profile's login and mandate say. */
export type Profile = Readonly<z.infer<typeof profile>>

const profileName = z.enum(['analyst', 'prosecutor', 'liaison', 'hit-only', 'oversight', 'nobody'])

/** The name of a profile. */
export type ProfileName = z.infer<typeof profileName>

/** The profiles, by name. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = readData(
  new URL('profiles.yaml', import.meta.url),
  z.record(profileName, profile),
)

/** Checks whether `name` is the name of a profile. */
export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name)
}

/** A post at an agency. */
export interface Post {
  readonly agency: string
  readonly role: string
}

/** The persons who sign a country's mandates. They ask nothing themselves, and no mandate names their posts. */
const SIGNERS = { drafter: 'coordinator', approver: 'head' } as const

/** The name of a person who signs mandates. */
export type SignerName = keyof typeof SIGNERS

/** Whether a person of this name signs mandates. */
export function isSignerName(name: string | undefined): name is SignerName {
  return name !== undefined && Object.hasOwn(SIGNERS, name)
}

/** What a provider's tokens say of an officer (docs/design/access.md, The token). */
export interface Officer<Name extends string = ProfileName | SignerName> {
  readonly profile: Name
  /** `sub`: it does not name the profile, and only the provider's key connects the two. */
  readonly subject: string
  readonly org: Post & { readonly country: string }
  readonly acr: Profile['acr']
}

/**
 * Lists the officers of `country` who ask questions. Each profile works in each country, for the agency of that country with the same unit.
 * @param secret the provider's secret. Subjects are the same as long as it is.
 */
export function officersOf(country: string, secret: string): readonly Officer<ProfileName>[] {
  return profileName.options.map((name) => {
    const { unit, role, acr } = PROFILES[name]
    return {
      profile: name,
      subject: subjectOf(name, secret),
      org: { country, agency: `${country}-MP-${unit}`, role },
      acr,
    }
  })
}

/** Lists the persons of `country` who sign mandates. */
export function signersOf(country: string, secret: string): readonly Officer[] {
  return (Object.keys(SIGNERS) as SignerName[]).map((name) => {
    return { profile: name, subject: subjectOf(name, secret), org: { country, ...postOf(country, name) }, acr: '3' }
  })
}

/** Returns the post of a person of `country` who signs mandates. */
export function postOf(country: string, signer: SignerName): Post {
  return { agency: `${country}-MP`, role: SIGNERS[signer] }
}

function subjectOf(name: string, secret: string): string {
  return createHmac('sha256', secret).update(`officer ${name}`).digest('base64url').slice(0, 22)
}
