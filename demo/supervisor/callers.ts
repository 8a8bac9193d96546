import { parse } from 'yaml'
import { z } from 'zod'
import { witnessVerifierKey } from '../audit-log/trust.ts'
import { COUNTRY_WITNESSES } from '../authority/authorities.ts'
import type { PinnedAuthority } from '../authority/prepare-authorities.ts'
import type { Home } from '../home.ts'

const member = z.object({
  issuer: z.string(),
  agencies: z.array(z.string()),
  purposes: z.array(z.string()),
  scopes: z.array(z.string()),
})
const fileSchema = z.object({ taskForces: z.array(z.object({ members: z.array(member) })).default([]) })

/**
 * Makes the member `callers` of a country's file: of each authority whose officers the country recognises, its keys in this home, the country's own
 * witness, and the same agencies, purposes and scopes as in the file's `taskForces`. A file cannot name the keys, because each home makes its own.
 * @param text the country's committed file, in YAML.
 * @returns nothing for a country that recognises nobody, or that has no witness.
 */
export async function callersOf(
  { auditLog }: Pick<Home, 'auditLog'>,
  authorities: readonly PinnedAuthority[],
  country: string,
  text: string,
): Promise<readonly object[]> {
  const { taskForces } = fileSchema.parse(parse(text))
  const all = taskForces.flatMap(({ members }) => members)
  const own = COUNTRY_WITNESSES[country] ?? []
  const witnesses = await Promise.all(own.map((name) => witnessVerifierKey(auditLog, name)))
  return authorities.flatMap((authority) => {
    const members = all.filter(({ issuer }) => issuer === authority.country).map(({ issuer: _, ...rest }) => rest)
    return members.length === 0 || witnesses.length === 0 ? [] : [{ ...authority, witnesses: [...witnesses], members }]
  })
}
