import type { Logger } from 'pino'
import { thumbprintOf } from '../../../contract/trust/session-key.ts'
import { listUnsignedDomains } from '../../../service/country-file-questions.ts'
import type { LiveNodeKey } from '../live-keys.ts'
import type { CountryRules } from '../rules.ts'
import { createQuestions, type Questions } from './questions.ts'

/** Opens the questions of a node. Null for a country that takes no authority's word: nobody could say whose key signs a question. */
export function openQuestions(
  key: Pick<LiveNodeKey, 'current'>,
  current: () => CountryRules,
  log: Pick<Logger, 'info' | 'warn'>,
): Questions | null {
  const rules = current()
  if (rules.callers.length === 0) return null
  const nodeKey = key.current()
  if (nodeKey === null) log.warn(NO_NODE_KEY)
  else log.info({ thumbprint: thumbprintOf(nodeKey.publicKey) }, 'the node signs the ids that it gives with this key')
  const unsigned = listUnsignedDomains(rules.questions)
  if (unsigned.length > 0) log.warn({ domains: unsigned }, UNSIGNED_DOMAINS)
  return createQuestions({ current, nodeKey: key.current, now: Date.now })
}

const NO_NODE_KEY =
  'the node signs no ids, so other countries refuse those that it gives: set --node-key (NODE_KEY_FILE)'
const UNSIGNED_DOMAINS =
  'these domains answer also what no officer has signed, because the country’s file says `any` of them'
