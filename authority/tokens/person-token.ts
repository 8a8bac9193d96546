import { RequestRejected } from '../../audit/inbox/inbox-folder.ts'
import type { Officer } from '../doors.ts'
import type { ReadProviderToken } from './provider-token.ts'
import { TokenRefusal } from './refusal.ts'

/**
 * Creates the reader of the token that comes with what a person asks through a folder: it says who asks. It rejects with a
 * {@link RequestRejected} for a token that is not accepted, and with any other error if that cannot be told now.
 */
export function createPersonReader(readProviderToken: ReadProviderToken): (token: string) => Promise<Officer> {
  return async (token) => {
    const { officer, binding } = await readProviderToken(token).catch((error: unknown) => {
      // Everything else is tried again: the keys of the login provider cannot be fetched now.
      if (error instanceof TokenRefusal && error.reason === 'SUBJECT_TOKEN_INVALID') {
        throw new RequestRejected(error.message)
      }
      throw error
    })
    // Nobody proves the key here, so a stolen token would do (RFC 9449, section 7.1).
    if (binding.key !== null || binding.certificate !== null) {
      throw new RequestRejected('expected a token that is bound to no key; came a bound one. Log in again without DPoP')
    }
    return officer
  }
}
