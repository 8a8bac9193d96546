import { Button, Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Foot } from '../components/foot.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Icon } from '../look/icon.tsx'
import { wordError } from '../session/word-error.ts'
import type { NotedExport } from './note-export.ts'
import type { ExportFrame } from './table-export.ts'
import { type ExportAct, type ExportedTable, type OtherForm, useExport } from './use-export.ts'
import { useHandlingFoot } from './use-handling-foot.ts'

/** What each page offers. */
const COMMON = ['csv', 'xlsx', 'pdf', 'print'] as const

/**
 * The menu that exports a table. Each export is noted in the log of the officer's authority before a file is saved. The file says what each country
 * answered, and by which ids the questions stand in the logs; the foot of the page says by which the export does, and how the records may be used.
 */
export function ExportButtons<Row>(table: ExportedTable<Row>) {
  const { rows, provenances, others = {} } = table
  const { t } = useTranslation()
  const wordHandling = useHandlingFoot()
  const { exporting, noted, printed } = useExport(table)
  const acts: readonly ExportAct[] = [...COMMON, ...(Object.keys(others) as OtherForm[])]
  return (
    <div className="export no-print">
      <Menu
        position="bottom-end"
        withinPortal={false}
        hideDetached={false}
        returnFocus
        transitionProps={{ duration: 0 }}
      >
        <Menu.Target>
          <Button
            disabled={exporting.isPending}
            leftSection={<Icon name="export" />}
            rightSection={<Icon name="down" />}
          >
            {t('export.menu')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {acts.map((act) => (
            <Menu.Item
              key={act}
              leftSection={act === 'print' ? <Icon name="document" /> : act.toUpperCase()}
              onClick={() => exporting.mutate(act)}
            >
              {t(`export.as.${act}`)}
            </Menu.Item>
          ))}
          <p className="quiet-text">{t('export.each')}</p>
        </Menu.Dropdown>
      </Menu>
      <span role="status">{exporting.isPending && t('export.noting')}</span>
      {exporting.isError && (
        <p role="alert" className="notice">
          <ShownText text={t('export.failed', { message: wordError(t, exporting.error) })} />
        </p>
      )}
      <Foot>
        {provenances !== undefined && rows.length > 0 && <ShownText text={wordHandling(provenances)} />}
        {noted !== null && <Noted noted={noted} />}
        {printed !== null && <PrintedFrame frame={printed} />}
      </Foot>
    </div>
  )
}

/** Where the last export was noted: on the page, and on paper. */
function Noted({ noted: { entries, digest } }: { readonly noted: NotedExport }) {
  const { t } = useTranslation()
  return (
    <span>
      {entries.map((entry) => (
        <ShownText key={entry.id} text={`${t('export.entry')}: ${t('export.entryIs', { ...entry })}. `} />
      ))}
      {t('export.digest')}: <code>{digest}</code>
    </span>
  )
}

function PrintedFrame({ frame: { facts } }: { readonly frame: ExportFrame }) {
  return (
    <dl className="facts print-only">
      {facts.map(([label, value]) => (
        <div key={`${label} ${value}`}>
          <dt>{label}</dt>
          <dd>
            <ShownText text={value} />
          </dd>
        </div>
      ))}
    </dl>
  )
}
