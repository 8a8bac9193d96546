import { z } from 'zod'
import { isObject } from '../json-value.ts'

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
  return readPlain(extensions) ?? readByForm(extensions)
}

/** Reads extensions as {@link readLegExtensions} does, by the schema. That takes much longer, and each leg has some. */
export function readByForm(extensions: unknown): LegExtensions | null {
  const parsed = extensionsSchema.safeParse(extensions ?? {})
  return parsed.success ? parsed.data[LEG_EXTENSION] : null
}

/** Reads extensions that have the form. Null: the schema decides. */
function readPlain(extensions: unknown): LegExtensions | null {
  if (extensions === undefined || extensions === null) return {}
  if (!isObject(extensions)) return null
  const carried = extensions[LEG_EXTENSION]
  if (carried === undefined) return {}
  if (!isObject(carried)) return null
  const { question, document, given, mandateProof } = carried
  if (!isTextOrNone(question) || !isTextOrNone(document) || !isListOrNone(given)) return null
  return {
    ...(question !== undefined && { question }),
    ...(document !== undefined && { document }),
    ...(given !== undefined && { given }),
    ...(mandateProof !== undefined && { mandateProof }),
  }
}

function isTextOrNone(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && value !== '')
}

function isListOrNone(value: unknown): value is string[] | undefined {
  if (value === undefined) return true
  return (
    Array.isArray(value) && value.length <= MAX_GIVEN && value.every((one) => typeof one === 'string' && one !== '')
  )
}
