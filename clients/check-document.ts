import { ClientError } from './client-error.ts'

/**
 * One token of a GraphQL document (GraphQL, section 2.1), as far as a signer must tell them apart: what says nothing (white space, comments,
 * punctuators), texts, numbers, variables, and names.
 */
const TOKEN =
  /(?<nothing>[\s,\uFEFF]+|#[^\n\r]*|\.\.\.|[!&()[\]:=@{|}])|(?<text>"""(?:\\"""|[\s\S])*?"""|"(?:\\.|[^"\\\n\r])*")|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\$(?:[\s,\uFEFF]|#[^\n\r]*)*(?<variable>[_A-Za-z]\w*)|(?<word>[_A-Za-z]\w*|[\s\S])/gu

/**
 * Checks, without a parser, that a document can be signed: no text and no number of its own, because each country sees the whole document; and
 * a value for each variable, because a country could not tell that a value is absent from that it is hidden.
 * @throws {ClientError} `DOCUMENT_HAS_LITERAL` or `VARIABLE_WITHOUT_VALUE`.
 */
export function checkDocument(document: string, variables: Readonly<Record<string, unknown>>): void {
  for (const { groups = {}, index } of document.matchAll(TOKEN)) {
    if (groups.text !== undefined || groups.number !== undefined) throw literal(document, index)
    const name = groups.variable
    if (name === undefined || (Object.hasOwn(variables, name) && variables[name] !== undefined)) continue
    throw new ClientError('VARIABLE_WITHOUT_VALUE', `expected a value for $${name}; give null if it has none`, { name })
  }
}

function literal(document: string, index: number): ClientError {
  const lines = document.slice(0, index).split(/\r\n|[\n\r]/)
  const place = { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
  return new ClientError(
    'DOCUMENT_HAS_LITERAL',
    `expected a document without texts and numbers of its own; one is at line ${place.line}, column ${place.column}: put it into a variable`,
    place,
  )
}
