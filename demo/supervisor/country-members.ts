import type { PinnedAuthority } from '../authority/prepare-authorities.ts'
import { DEMO_COUNTRIES } from '../countries.ts'
import type { Home } from '../home.ts'
import { loadKey } from '../keys.ts'
import { callersOf } from './callers.ts'
import { loadSuspenderKey } from './suspender-key.ts'

/** The members of a country's file that only this home knows, because they name keys. */
export type CountryMembers = Readonly<Record<'callers' | 'partners' | 'suspenders', readonly object[]>>

/**
 * Makes the members of a country's file that name keys of this home: whose officers the country believes, whose nodes' word it takes for the ids that
 * they gave, and that the country itself may suspend. Makes the keys that do not exist yet.
 * @param text the country's committed file, in YAML.
 */
export async function membersOf(
  home: Pick<Home, 'auditLog' | 'nodeKey' | 'suspenderKey'>,
  authorities: readonly PinnedAuthority[],
  country: string,
  text: string,
): Promise<CountryMembers> {
  const others = DEMO_COUNTRIES.filter((other) => other !== country)
  return {
    callers: await callersOf(home, authorities, country, text),
    partners: await Promise.all(
      others.map(async (other) => ({ country: other, keys: [(await loadKey(home.nodeKey(other))).kid] })),
    ),
    suspenders: [await loadSuspenderKey(home.suspenderKey(country), country)],
  }
}
