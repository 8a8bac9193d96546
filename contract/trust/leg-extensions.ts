import { z } from 'zod'

/** What a leg's body carries besides the GraphQL request (docs/design/trust.md, The question statement). */

/** The member of a leg's `extensions` that is Istmo's. */
export const LEG_EXTENSION = 'istmo'

/** The most given-ids statements that one leg carries. */
const MAX_GIVEN = 256

/** What stands under {@link LEG_EXTENSION}. Each member is checked where it is read; unknown members are ignored, so that a gateway may be newer. */
export const legExtensions = z.object({
  /** The question statement with the disclosures that this leg carries: an SD-JWT. */
  question: z.string().min(1).optional(),
  /** The text of the signed document, if the node does not know it yet. */
  document: z.string().min(1).optional(),
  /** What other countries' nodes signed about the ids that this leg names: SD-JWTs. */
  given: z.array(z.string().min(1)).max(MAX_GIVEN).optional(),
  /** The proof of the mandate, if the node does not know it yet (docs/design/trust.md, The mandate). */
  mandateProof: z.unknown().optional(),
})

/** What a leg's body carries besides the GraphQL request. */
export type LegExtensions = Readonly<z.output<typeof legExtensions>>

const extensionsSchema = z.object({ [LEG_EXTENSION]: legExtensions.default({}) })

/**
 * Reads the `extensions` of a leg's body. A body without `extensions`, or without Istmo's member, carries nothing.
 * @returns null if they do not have the form.
 */
export function readLegExtensions(extensions: unknown): LegExtensions | null {
  const parsed = extensionsSchema.safeParse(extensions ?? {})
  return parsed.success ? parsed.data[LEG_EXTENSION] : null
}
