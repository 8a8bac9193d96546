import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useKeptState } from '../components/use-kept-state.ts'
import { useWorld } from '../session/use-session.ts'
import { NO_TRUST, readTrust, type Trust, type TrustFile } from './trust.ts'

/** The trust policy in use, and how to choose another. */
export interface UsedTrust {
  readonly trust: Trust
  /** Where it is from: the auditor's own files, the country that serves the console, or nowhere. */
  readonly source: 'FILES' | 'COUNTRY' | 'NONE'
  /** Whether the country's policy has yet to come. Until then nothing can be said of a proof, not even that it is missing. */
  readonly isLoading: boolean
  readonly choose: (files: readonly TrustFile[]) => void
}

/** Returns the trust policy: that of the auditor's own files, else that of the country that serves the console. */
export function useTrust(): UsedTrust {
  const { config, session } = useWorld()
  const [files, choose] = useKeptState<readonly TrustFile[]>('audit.trust', [])
  const paths = config.oversight?.trustPolicy ?? []
  const ofCountry = useQuery({
    queryKey: ['trust-policy', paths],
    queryFn: () => Promise.all(paths.map(fetchPolicy)),
    enabled: paths.length > 0 && session.state().kind === 'signed-in',
  })
  const given = ofCountry.data ?? []
  const used = files.length > 0 ? files : given
  const trust = useMemo(() => (used.length === 0 ? NO_TRUST : readTrust(used)), [used])
  const source = files.length > 0 ? 'FILES' : trust.policies.length > 0 ? 'COUNTRY' : 'NONE'
  return { trust, source, isLoading: files.length === 0 && ofCountry.isLoading, choose }
}

/** Fetches a trust policy of the console's own origin, which is that of the country's authority. */
async function fetchPolicy(path: string): Promise<TrustFile> {
  const response = await fetch(path, { credentials: 'omit', cache: 'no-store' })
  if (!response.ok) throw new Error(`${path}: expected a trust policy; came status ${response.status}`)
  return { name: path, text: await response.text() }
}
