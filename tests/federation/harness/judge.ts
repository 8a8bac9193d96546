import { isDeepStrictEqual } from 'node:util'
import { ERRORS } from '../../../contract/errors.ts'
import type { Answer } from './gateways.ts'
import type { Case } from './shape.ts'

/** Words of the subgraphs' own errors begin so; none may reach a client. */
export const FOREIGN = 'FOREIGN WORDS'

/** What is wrong with an answer by the case alone, as any gateway is judged; empty where it passes. */
export function faultsOf(answer: Answer, { data, errors = false }: Case): string[] {
  const faults: string[] = []
  if (!isDeepStrictEqual(answer.data, data))
    faults.push(`expected data ${JSON.stringify(data)}; came ${JSON.stringify(answer)}`)
  if (answer.errors.length > 0 !== errors) {
    faults.push(`expected ${errors ? 'errors' : 'no errors'}; came ${JSON.stringify(answer.errors)}`)
  }
  return faults
}

/** What is wrong with our answer besides: order of keys, codes, paths, words that are not the registry's. */
export function strictFaultsOf(answer: Answer, { data, codes, paths }: Case): string[] {
  const faults: string[] = []
  if (JSON.stringify(answer.data) !== JSON.stringify(data)) {
    faults.push(`expected the keys in the order of ${JSON.stringify(data)}; came ${JSON.stringify(answer.data)}`)
  }
  const came = answer.errors.map(({ extensions }) => extensions?.code)
  if (codes && !isDeepStrictEqual(came, codes))
    faults.push(`expected codes ${codes.join(', ')}; came ${came.join(', ')}`)
  const at = answer.errors.map(({ path }) => path)
  if (paths && !isDeepStrictEqual(at, paths)) {
    faults.push(`expected paths ${JSON.stringify(paths)}; came ${JSON.stringify(at)}`)
  }
  if (JSON.stringify(answer).includes(FOREIGN)) faults.push(`expected no foreign words; came ${JSON.stringify(answer)}`)
  const meanings = new Set<string>(Object.values(ERRORS).map(({ meaning }) => meaning))
  for (const { message } of answer.errors) {
    if (!meanings.has(message)) faults.push(`expected a sentence of the registry; came ${message}`)
  }
  return faults
}
