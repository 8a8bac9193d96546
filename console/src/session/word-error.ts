import type { TFunction } from 'i18next'
import { ClientError } from '../../../clients/client-error.ts'
import { RefusedQuestion } from './session.ts'

/**
 * Says in the officer's language why a question got no answer, and what helps. A client's own messages are English and for developers; the gateway's are in
 * the officer's language already.
 */
export function wordError(t: TFunction, error: Error): string {
  if (error instanceof RefusedQuestion) return `${error.message} (${error.code})`
  if (error instanceof ClientError) return t(`problem.${error.code}`, { ...error.facts, defaultValue: error.message })
  return t('problem.OTHER', { message: error.message })
}
