import type { Grounds, Mandate } from '../../contract/access-token.ts'
import { GROUNDS_PARTS, type GroundsPart, type LegClaims } from '../../contract/leg-token.ts'

/**
 * Returns what a country learns of a mandate: what it needs to recognise the caller and to decide by its policies, and nothing of other
 * countries, purposes or cases (docs/design/access.md, The leg).
 * @param grounds null if the request has none. The country then recognises nobody, so it learns nothing of the mandate.
 * @param read the parts of the grounds that the country's rules read.
 */
export function narrowMandate(
  mandate: Mandate | undefined,
  grounds: Grounds | null,
  country: string,
  read: readonly GroundsPart[],
): Pick<LegClaims, 'mandate' | 'grounds' | 'withheld'> {
  if (mandate === undefined || grounds === null) return {}
  const { type, task_force, purposes, countries, not_after, time_zone } = mandate
  const withheld = GROUNDS_PARTS.filter((part) => grounds[part] !== undefined && !read.includes(part))
  return {
    mandate: {
      type,
      ...(task_force !== undefined && { task_force }),
      purposes: purposes.filter((purpose) => purpose === grounds.purpose),
      countries: countries.filter((code) => code === country),
      not_after,
      ...(time_zone !== undefined && { time_zone }),
    },
    grounds: {
      purpose: grounds.purpose,
      ...(grounds.case !== undefined && read.includes('case') && { case: grounds.case }),
      ...(grounds.legalBasis !== undefined && read.includes('legalBasis') && { legalBasis: grounds.legalBasis }),
    },
    ...(withheld.length > 0 && { withheld }),
  }
}
