import { useTranslation } from 'react-i18next'
import { Icon } from '../look/icon.tsx'
import type { ProvedRow } from './prove-row.ts'

const ICONS = { PROVEN: 'shield', UNWITNESSED: 'clock', NOT_PROVEN: 'warning', NONE: 'stop' } as const

/** What the browser found about a proof, in two words. */
export function ProofMark({ state }: Pick<ProvedRow, 'state'>) {
  const { t } = useTranslation()
  return (
    <span className={`proof-mark ${state}`}>
      <Icon name={ICONS[state]} /> {t(`auditor.proof.${state}`)}
    </span>
  )
}
