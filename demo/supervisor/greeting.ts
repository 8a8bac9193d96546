import { parse, print } from 'graphql'

/** What is to be known of a demo that is up. */
export interface Greeting {
  readonly port: number
  /** The participants whose records are there. */
  readonly countries: readonly string[]
  /** An access token of an analyst. */
  readonly token: string
  /** The GraphQL document of the example. */
  readonly query: string
  /** The id of a person whom cases of several countries name. */
  readonly personId: string
  /** What is not there, and how to get it. */
  readonly notes: readonly string[]
}

/** The text that tells where to go: addresses, a token, and a curl that can be pasted as it is. */
export function greetingText(greeting: Greeting): string {
  const address = `http://127.0.0.1:${greeting.port}`
  return `
  GraphiQL  ${address}/
  GraphQL   ${address}/graphql
  Status    ${address}/status
  Answering ${greeting.countries.join(', ')}

A token of an analyst, for one hour (npm run -s token -- analyst makes another):

${greeting.token}

A question across borders, to paste into a shell:

${exampleCurl(address, greeting)}

npm run demo:stop -- HN takes a country away, npm run demo:start -- HN brings it back. Ctrl-C stops all of it.
${greeting.notes.map((note) => `\n${note}`).join('')}`
}

/** A curl command of the example query, for a POSIX shell. */
export function exampleCurl(address: string, greeting: Pick<Greeting, 'token' | 'query' | 'personId'>): string {
  // Printed anew, for a comment would take the rest of the one line with it.
  const query = print(parse(greeting.query)).replace(/\s+/g, ' ')
  const body = JSON.stringify({ query, variables: { id: greeting.personId } })
  return [
    `curl -s ${address}/graphql`,
    `-H 'Content-Type: application/json'`,
    `-H 'Authorization: Bearer ${greeting.token}'`,
    `-d ${shellQuote(body)}`,
  ].join(' ')
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
