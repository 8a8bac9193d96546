import { GraphQLError, Lexer, Source, TokenKind } from 'graphql'
import { checkLimit, type Limits } from './limits.ts'

const OPENING: readonly TokenKind[] = [TokenKind.BRACE_L, TokenKind.BRACKET_L]
const CLOSING: readonly TokenKind[] = [TokenKind.BRACE_R, TokenKind.BRACKET_R]

/**
 * Checks the tokens and the depth of a document's text before the parser reads it: the parser recurses with the depth, the lexer
 * does not. It lets a text that is not GraphQL through: the parser rejects it and says where it is wrong.
 * @throws {IstmoError} `LIMIT_EXCEEDED`
 */
export function checkText(text: string, limits: Limits): void {
  const lexer = new Lexer(new Source(text))
  let depth = 0
  for (let tokens = 1; advance(lexer); tokens++) {
    checkLimit(limits, 'tokens', tokens)
    const { kind } = lexer.token
    if (OPENING.includes(kind)) depth++
    if (CLOSING.includes(kind)) depth--
    checkLimit(limits, 'depth', depth)
  }
}

/** Moves to the next token and returns whether there is one. A comment is not a token (GraphQL section 2.1.7). */
function advance(lexer: Lexer): boolean {
  try {
    return lexer.advance().kind !== TokenKind.EOF
  } catch (error) {
    if (error instanceof GraphQLError) return false
    throw error
  }
}
