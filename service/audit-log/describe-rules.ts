import { hash } from 'node:crypto'
import { type DocumentNode, print } from 'graphql'
import { canonicalBytes } from '../../audit/log/canonical.ts'
import type { CountryAccess } from '../../contract/access/country-access.ts'

/** The hashes by which entries name the rules of a country: SHA-256, in hexadecimal digits. */
export interface RuleHashes {
  /** The hash of a JSON document with the country's task forces and the hashes of its policies and SDLs. */
  readonly access: string
  /** The hash of the text of the country's Cedar policies. */
  readonly policySet: string
}

/** The rules of a country as an audit log has them. */
export interface DescribedRules {
  readonly hashes: RuleHashes
  /** The texts to store by their hash, so that a reader of the log finds the rules: the document, the policies, the printed SDLs. */
  readonly texts: readonly string[]
}

/**
 * Describes the rules of a country for an audit log. The gateway and the country's own node write the same hashes for the same rules,
 * so that their logs can be compared.
 * @param sdl the country's own SDL, by domain. Its layout and comments do not count.
 */
export function describeRules(
  { country, taskForces, policies }: CountryAccess,
  sdl: ReadonlyMap<string, DocumentNode>,
): DescribedRules {
  const printed = [...sdl].map(([domain, document]) => ({ domain, text: print(document) }))
  const hashes = Object.fromEntries(printed.map(({ domain, text }) => [domain, hash('sha256', text)]))
  const document = { country, taskForces, policySet: policies.version, sdl: hashes }
  const text = Buffer.from(canonicalBytes(document)).toString('utf8')
  return {
    hashes: { access: hash('sha256', text), policySet: policies.version },
    texts: [...printed.map((each) => each.text), policies.text, text],
  }
}
