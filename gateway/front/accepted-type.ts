import type { IncomingMessage } from 'node:http'

const TYPED = 'application/graphql-response+json'
const PLAIN = 'application/json'

/**
 * Returns the media type of a rejection: that of GraphQL responses if the client prefers it, else JSON, as in an answer (GraphQL over HTTP,
 * Media Types). Apollo Client reads the code of an error only in the former.
 */
export function typeOfRejection({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const accept = headers.accept ?? ''
  const typed = weightOf(accept, TYPED)
  return `${typed > 0 && typed >= weightOf(accept, PLAIN) ? TYPED : PLAIN}; charset=utf-8`
}

/** Returns the weight that a list of accepted types gives to a type by its full name, from 0 to 1; 0 if it does not name it. */
function weightOf(accept: string, type: string): number {
  for (const item of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim())
    if (name !== type) continue
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    return weight === undefined ? 1 : Number(weight.slice(2)) || 0
  }
  return 0
}
