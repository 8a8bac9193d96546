import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { RecordLink } from '../../components/links.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { Table } from '../../components/table.tsx'
import type { Network } from './network-graph.ts'

/** The network as a table, for whoever does not see the picture or wants to read it line by line. It can be expanded from here, too. */
export function NetworkTable({
  network: { nodes, edges },
  expanded,
  onExpand,
}: {
  readonly network: Network
  readonly expanded: readonly string[]
  readonly onExpand: (id: string) => void
}) {
  const { t } = useTranslation()
  const show = (id: string) => {
    const text = <ShownText text={nodes.get(id)?.name ?? id} />
    if (nodes.get(id)?.kind === 'number') return text
    return nodes.get(id)?.kind === 'case' ? (
      <RecordLink to="/case/$id" id={id}>
        {text}
      </RecordLink>
    ) : (
      <RecordLink to="/person/$id" id={id}>
        {text}
      </RecordLink>
    )
  }
  const wordRelation = useRelationWords()
  return (
    <details>
      <summary>{t('network.table')}</summary>
      <Table
        caption={t('network.table')}
        rows={edges}
        keyOf={({ from, to, relation }) => `${from} ${to} ${relation}`}
        columns={[
          { title: t('network.from'), isHeader: true, show: ({ from }) => show(from) },
          { title: t('network.relation'), show: ({ relation }) => wordRelation(relation) },
          { title: t('network.to'), show: ({ to }) => show(to) },
          {
            title: t('network.expand'),
            show: ({ from }) =>
              expanded.includes(from) ? (
                t('common.none')
              ) : (
                <Button onClick={() => onExpand(from)}>{t('network.expand')}</Button>
              ),
          },
        ]}
      />
    </details>
  )
}

/** Returns the words of a connection. */
export function useRelationWords(): (relation: string) => string {
  const { t } = useTranslation()
  return (relation) => {
    if (relation === 'SAME') return t('network.same')
    if (relation === 'HAS') return t('network.has')
    return relation === '' ? t('common.none') : t(`role.${relation}`, { defaultValue: relation })
  }
}
