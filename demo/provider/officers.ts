/** The officers of a country's login provider: one for each profile of the demo. */
import { createHmac } from 'node:crypto'
import { DEMO_AUDIENCE } from '../issuer/issuer.ts'
import { PROFILES, type Profile, type ProfileName } from '../issuer/profiles.ts'

/** What a provider's tokens say of an officer (docs/design/access.md, The token). */
export interface Officer {
  readonly profile: ProfileName
  /** `sub`: it does not name the profile, and only the provider's key connects the two. */
  readonly subject: string
  readonly org: { readonly country: string; readonly agency: string; readonly role: string }
  /** Authentication context class: 1 a password, 2 two factors, 3 a hardware key. */
  readonly acr: string
}

/**
 * Lists the officers of `country`. Each profile works in each country, for the agency of that country with the same unit.
 * @param secret the provider's secret. Subjects are the same as long as it is.
 */
export function officersOf(country: string, secret: string): readonly Officer[] {
  return (Object.keys(PROFILES) as ProfileName[]).map((name) => {
    const profile: Profile = PROFILES[name]
    return {
      profile: name,
      subject: createHmac('sha256', secret).update(`${DEMO_AUDIENCE} ${name}`).digest('base64url').slice(0, 22),
      org: { country, agency: `${country}-MP-${profile.unit}`, role: profile.role },
      acr: profile.acr,
    }
  })
}
