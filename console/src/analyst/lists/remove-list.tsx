import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Undo } from '../../components/undo.tsx'
import type { HitSearch } from '../../documents/types.ts'

/** Takes the list that was asked away from the page, and brings it back. Nothing is asked again for that: the answers are still there. */
export function RemoveList({
  asked,
  onChange,
}: {
  readonly asked: readonly HitSearch[] | null
  readonly onChange: (asked: readonly HitSearch[] | null) => void
}) {
  const { t } = useTranslation()
  const [removed, setRemoved] = useState<readonly HitSearch[] | null>(null)
  const isRemoved = asked === null && removed !== null
  return (
    <div className="no-print">
      {asked !== null && (
        <Button
          variant="subtle"
          onClick={() => {
            setRemoved(asked)
            onChange(null)
          }}
        >
          {t('lists.remove')}
        </Button>
      )}
      <Undo text={isRemoved ? t('lists.removed') : null} onUndo={() => onChange(removed)} />
    </div>
  )
}
