import { isDeepStrictEqual } from 'node:util'
import { meaningOf } from '../../../contract/error-message.ts'
import { ERRORS, type ErrorCode } from '../../../contract/errors.ts'
import type { Answer } from './gateways.ts'
import type { Case } from './pattern.ts'

/** Each error message of the subgraphs begins with this text. It must not reach a client. */
export const FOREIGN = 'FOREIGN WORDS'

/** Lists what is wrong with an answer of any gateway; the list is empty if the answer passes. */
export function listFaults(answer: Answer, { data, errors = false }: Case): string[] {
  const faults: string[] = []
  if (!isDeepStrictEqual(answer.data, data))
    faults.push(`expected data ${JSON.stringify(data)}; came ${JSON.stringify(answer)}`)
  if (answer.errors.length > 0 !== errors) {
    faults.push(`expected ${errors ? 'errors' : 'no errors'}; came ${JSON.stringify(answer.errors)}`)
  }
  return faults
}

/** Lists what else is wrong with an answer of ours: order of keys, codes, paths, messages that are not in the registry. */
export function listStrictFaults(answer: Answer, { data, codes, paths }: Case): string[] {
  const faults: string[] = []
  if (JSON.stringify(answer.data) !== JSON.stringify(data)) {
    faults.push(`expected the keys in the order of ${JSON.stringify(data)}; came ${JSON.stringify(answer.data)}`)
  }
  const answeredCodes = answer.errors.map(({ extensions }) => extensions?.code)
  if (codes && !isDeepStrictEqual(answeredCodes, codes))
    faults.push(`expected codes ${codes.join(', ')}; came ${answeredCodes.join(', ')}`)
  const answeredPaths = answer.errors.map(({ path }) => path)
  if (paths && !isDeepStrictEqual(answeredPaths, paths)) {
    faults.push(`expected paths ${JSON.stringify(paths)}; came ${JSON.stringify(answeredPaths)}`)
  }
  if (JSON.stringify(answer).includes(FOREIGN)) faults.push(`expected no foreign words; came ${JSON.stringify(answer)}`)
  const meanings = new Set<string>((Object.keys(ERRORS) as ErrorCode[]).map((code) => meaningOf(code)))
  for (const { message } of answer.errors) {
    if (!meanings.has(message)) faults.push(`expected a sentence of the registry; came ${message}`)
  }
  return faults
}

/** Cuts each message after the sentence of the registry with which it begins: a client also reads what to do. */
export function cutMessages({ data, errors }: Answer): Answer {
  const meanings = Object.keys(ERRORS).map((code) => meaningOf(code as ErrorCode))
  const cut = (message: string): string => meanings.find((meaning) => message.startsWith(meaning)) ?? message
  return { data, errors: errors.map((error) => ({ ...error, message: cut(error.message) })) }
}
