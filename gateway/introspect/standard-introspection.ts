import { type DocumentNode, getIntrospectionQuery, parse, print } from 'graphql'

/** The options of graphql-js that decide which document asks for a whole schema. */
const OPTIONS = [
  'descriptions',
  'specifiedByUrl',
  'directiveIsRepeatable',
  'schemaDescription',
  'inputValueDeprecation',
  'oneOf',
] as const

let forms: ReadonlyMap<string, number> | undefined

/**
 * Finds which form of the standard introspection query a document is: one that `getIntrospectionQuery` of graphql-js makes. Tools send
 * these documents. Spaces and comments do not matter.
 * @returns the number of the form, which stands for the options; null if the document is another one.
 */
export function findStandardForm(document: DocumentNode): number | null {
  forms ??= new Map(listStandardTexts().map((text, form) => [text, form]))
  return forms.get(print(document)) ?? null
}

function listStandardTexts(): readonly string[] {
  return Array.from({ length: 2 ** OPTIONS.length }, (_, form) => {
    const options = OPTIONS.map((name, i): [string, boolean] => [name, ((form >> i) & 1) === 1])
    return print(parse(getIntrospectionQuery(Object.fromEntries(options)), { noLocation: true }))
  })
}
