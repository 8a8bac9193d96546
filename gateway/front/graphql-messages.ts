import { type Detail, type DetailKey, detailTexts } from '../../contract/error-details.ts'

/** A key of a message of graphql-js. */
export type GraphqlKey = Extract<DetailKey, `GRAPHQL_${string}`>

/** The forms of the messages, in their order: a form without an operation follows the one with it. */
const FORMS = (Object.entries(detailTexts('en')) as [DetailKey, string][]).flatMap(([key, text]) =>
  key.startsWith('GRAPHQL_') ? [{ key, form: toForm(text) }] : [],
)

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

/** Makes the expression of a text with holes. A quoted value has no quotation mark, so that no message takes long to read. */
function toForm(text: string): RegExp {
  const escaped = text
    .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll(/"\\\{\\\{(\w+)\\\}\\\}"/g, '"(?<$1>[^"]+)"')
    .replaceAll(/\\\{\\\{(\w+)\\\}\\\}/g, '(?<$1>.{1,200}?)')
  return new RegExp(`^${escaped}$`)
}
