import { createClient } from '../../../clients/client.ts'
import type { Session as TokenSession } from '../../../clients/session.ts'
import type { Browser } from './browser.ts'
import { readAnswer } from './read-answer.ts'
import type { AskOptions, ChosenGrounds, ConsoleDocument, SessionAnswer } from './session.ts'

/** What a question is signed and sent with. */
export interface Asking {
  readonly gateway: string
  readonly browser: Pick<Browser, 'fetch' | 'now' | 'language'>
  readonly tokens: TokenSession
  readonly grounds: ChosenGrounds
}

/** For how long the token of a later question must be valid, in seconds. */
const SPARE_S = 90

/**
 * Makes a later question quick: its token, the gateway's nonce, the connection, and the browser's leave to send it are there before somebody presses the
 * button. It asks nothing, and no country hears of it.
 */
export async function prepareQuestion(tokens: TokenSession, gateway: string): Promise<void> {
  const { sender, accessToken } = await tokens.current(SPARE_S)
  await sender.fetchNonce(`${gateway}/graphql`, 'POST', accessToken)
}

/** Signs a question and asks it at the gateway. @throws {RefusedQuestion} @throws {ClientError} */
export async function askGateway<Data, Variables extends object>(
  { gateway, browser, tokens, grounds: { purpose, caseDisclosure } }: Asking,
  { name, text }: ConsoleDocument<Data, Variables>,
  variables: Variables,
  { countries, isDryRun }: AskOptions,
): Promise<SessionAnswer<Data>> {
  const { fetch, now } = browser
  const client = createClient({ gateway, authority: tokens, language: browser.language(), fetch, now })
  const answer = await client.ask(text, variables as Readonly<Record<string, unknown>>, {
    purpose,
    ...(caseDisclosure !== null && { caseDisclosure }),
    ...(countries !== undefined && { countries }),
    ...(isDryRun === true && { isDryRun }),
  })
  return readAnswer<Data>(answer, { operation: name, at: now(), purpose })
}
