import { GRAPHQL_DETAILS } from '../../contract/error-details/graphql.ts'
import type { Detail } from '../../contract/error-details.ts'

type GraphqlKey = keyof typeof GRAPHQL_DETAILS

/** The forms of the messages, in their order: a form without an operation follows the one with it. */
const FORMS = (Object.keys(GRAPHQL_DETAILS) as GraphqlKey[]).map((key) => ({
  key,
  form: toForm(GRAPHQL_DETAILS[key].en),
}))

/**
 * Reads a message of graphql-js, to say it in another language.
 * @returns the detail whose English text it is; null if we have none.
 */
export function readGraphqlMessage(message: string): Detail | null {
  for (const { key, form } of FORMS) {
    const values = form.exec(message)
    if (values !== null) return { key, values: { ...values.groups } }
  }
  return null
}

/** Makes the expression of a text with placeholders. A quoted value has no quotation mark, so that no message takes long to read. */
function toForm(text: string): RegExp {
  const escaped = text
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/"\\\{(\w+)\\\}"/g, '"(?<$1>[^"]+)"')
    .replaceAll(/\\\{(\w+)\\\}/g, '(?<$1>.{1,200}?)')
  return new RegExp(`^${escaped}$`)
}
