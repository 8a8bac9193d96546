/** The officers of a country's login provider: one for each profile of the demo. */
import { createHmac } from 'node:crypto'
import { PROFILES, type Profile, type ProfileName } from './profiles.ts'

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
  /** Authentication context class: 1 a password, 2 two factors, 3 a hardware key. */
  readonly acr: Profile['acr']
}

/**
 * Lists the officers of `country` who ask questions. Each profile works in each country, for the agency of that country with the same unit.
 * @param secret the provider's secret. Subjects are the same as long as it is.
 */
export function officersOf(country: string, secret: string): readonly Officer<ProfileName>[] {
  return (Object.keys(PROFILES) as ProfileName[]).map((name) => {
    const profile: Profile = PROFILES[name]
    const org = { country, agency: `${country}-MP-${profile.unit}`, role: profile.role }
    return { profile: name, subject: subjectOf(name, secret), org, acr: profile.acr }
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
