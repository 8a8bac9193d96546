import { parse, print } from 'graphql'
import { say } from '../words.ts'

/** What the greeting says about a demo that runs. */
export interface Greeting {
  readonly port: number
  /** The participants with records. */
  readonly countries: readonly string[]
  /** The console of each country that sends callers. */
  readonly consoles: readonly { readonly country: string; readonly address: string }[]
  /** An access token of an analyst. */
  readonly token: string
  /** The GraphQL document of the example. */
  readonly query: string
  /** The id of a person whom cases of several countries name. */
  readonly personId: string
  /** What is missing, and how to get it. */
  readonly notes: readonly string[]
}

/** Writes the text that shows a person where to go: addresses, a token, and a curl command that can be pasted unchanged. */
export function greetingText(greeting: Greeting): string {
  const address = `http://127.0.0.1:${greeting.port}`
  return `
  GraphiQL  ${address}/
  GraphQL   ${address}/graphql
  ${say('greeting.status', { address: `${address}/status` })}
${greeting.consoles.map(({ country, address }) => `  ${say('greeting.console', { address, country })}\n`).join('')}  ${say('greeting.answering', { countries: greeting.countries.join(', ') })}

${say('greeting.token')}

${greeting.token}

${say('greeting.question')}

${exampleCurl(address, greeting)}

${say('greeting.commands')}
${greeting.notes.map((note) => `\n${note}`).join('')}`
}

/** Writes a curl command with the example query, for a POSIX shell. */
export function exampleCurl(address: string, greeting: Pick<Greeting, 'token' | 'query' | 'personId'>): string {
  // Prints the query again, because on one line a comment would swallow the rest.
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
