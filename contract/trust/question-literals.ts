import { Lexer, Source, TokenKind } from 'graphql'

/** A value that is written in a document itself. Line and column count from 1. */
export interface Literal {
  readonly kind: 'text' | 'number'
  readonly line: number
  readonly column: number
}

/** The tokens that are such values (GraphQL, section 2.9). Names, booleans and enum values say nothing of what somebody looks for. */
const KINDS: ReadonlyMap<string, Literal['kind']> = new Map([
  [TokenKind.STRING, 'text'],
  [TokenKind.BLOCK_STRING, 'text'],
  [TokenKind.INT, 'number'],
  [TokenKind.FLOAT, 'number'],
])

/**
 * Finds the first text or number in a document. A signed document may have none: each country sees the whole document, and only the
 * variables that concern it (docs/design/trust.md, The question statement).
 * @returns null if there is none. A document that does not parse has none behind its fault; whoever parses it refuses it.
 */
export function findLiteral(document: string): Literal | null {
  const lexer = new Lexer(new Source(document))
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      const kind = KINDS.get(token.kind)
      if (kind !== undefined) return { kind, line: token.line, column: token.column }
    }
  } catch {
    // The parser says it better, with the place.
  }
  return null
}
