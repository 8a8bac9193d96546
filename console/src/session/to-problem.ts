import { ClientError } from '../../../clients/client-error.ts'
import { ProviderRefusal } from './redeem-code.ts'
import type { SignInProblem } from './session.ts'

/** Says, of what went wrong at a sign-in, what the officer has to know. */
export function toProblem(error: unknown): SignInProblem {
  if (error instanceof ProviderRefusal) return { kind: 'PROVIDER_REFUSED', detail: error.detail }
  if (error instanceof ClientError && error.code === 'TOKEN_REFUSED') {
    const detail = String(error.facts.error)
    return detail.endsWith('MANDATE_NONE') ? { kind: 'NO_MANDATE' } : { kind: 'TOKEN_REFUSED', detail }
  }
  return { kind: 'NOT_REACHED', detail: error instanceof Error ? error.message : String(error) }
}
