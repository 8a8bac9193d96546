import { Button, TextInput } from '@mantine/core'
import type { Core } from 'cytoscape'
import { useTranslation } from 'react-i18next'
import { Handling } from '../../components/handling.tsx'
import { RecordLink } from '../../components/links.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { useFormats } from '../../shell/formats.ts'
import { connectNodes, type Network, type NetworkNode } from './network-graph.ts'
import type { PictureMarks } from './network-picture.tsx'
import { colorOf } from './write-network.ts'

/** How much nearer or farther one press of a button is. */
const ZOOM = 1.4

/** What the picture shows, and how it is marked. */
interface MarkedPicture {
  readonly network: Network
  readonly marks: PictureMarks
  readonly onMarks: (marks: PictureMarks) => void
}

/** What one does with the picture: nearer, farther, all of it, and whom it shows with a name like this. */
export function PictureTools({
  picture,
  network,
  marks,
  sought,
  onSeek,
  onMarks,
}: MarkedPicture & {
  readonly picture: Core | null
  readonly sought: string
  readonly onSeek: (text: string) => void
}) {
  const { t } = useTranslation()
  const zoom = (factor: number): void => {
    if (picture === null) return
    const renderedPosition = { x: picture.width() / 2, y: picture.height() / 2 }
    picture.zoom({ level: picture.zoom() * factor, renderedPosition })
  }
  return (
    <div className="form no-print">
      <TextInput
        label={t('network.find')}
        type="search"
        maxLength={100}
        autoComplete="off"
        value={sought}
        onChange={({ target }) => onSeek(target.value)}
      />
      {sought !== '' && <span role="status">{t('network.found', { count: marks.found.size })}</span>}
      <Button onClick={() => zoom(ZOOM)}>{t('network.nearer')}</Button>
      <Button onClick={() => zoom(1 / ZOOM)}>{t('network.farther')}</Button>
      <Button onClick={() => picture?.fit(undefined, 30)}>{t('network.fit')}</Button>
      {marks.hidden.size > 0 && (
        <Button onClick={() => onMarks({ ...marks, hidden: new Set() })}>
          {t('network.showHidden', { count: marks.hidden.size })}
        </Button>
      )}
      <Legend network={network} />
    </div>
  )
}

/** What shapes and colors stand for. */
function Legend({ network: { nodes } }: { readonly network: Network }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const records = [...nodes.values()].filter(({ kind }) => kind !== 'number')
  const countries = [...new Set(records.map(({ id }) => id.slice(0, 2)))].sort()
  return (
    <ul className="legend" aria-hidden="true">
      <li>● {t('network.kind.person')}</li>
      <li>■ {t('network.kind.case')}</li>
      <li>◆ {t('network.kind.number')}</li>
      <li>┄ {t('network.same')}</li>
      {countries.map((code) => (
        <li key={code}>
          <svg width="12" height="12" aria-hidden="true">
            <rect width="12" height="12" fill={colorOf({ id: code, kind: 'case' })} />
          </svg>{' '}
          {code} {country(code)}
        </li>
      ))}
    </ul>
  )
}

/** The node that was chosen in the picture: what it is, where it leads, and what one does with it. */
export function ChosenNode({
  node,
  network,
  marks,
  mayExpand,
  onExpand,
  onMarks,
}: MarkedPicture & { readonly node: NetworkNode; readonly mayExpand: boolean; readonly onExpand: () => void }) {
  const { t } = useTranslation()
  const { country } = useFormats()
  const { id, kind, name, provenance } = node
  const names = (connectNodes(network.edges).get(id) ?? []).map((other) => network.nodes.get(other)?.name ?? other)
  const toggle = (set: ReadonlySet<string>): ReadonlySet<string> =>
    set.has(id) ? new Set([...set].filter((each) => each !== id)) : new Set([...set, id])
  return (
    <section aria-label={t('network.chosen')} className="sheet">
      <h2>
        <ShownText text={name ?? id} />
      </h2>
      <p>
        <ShownText
          text={[t(`network.kind.${kind}`), kind === 'number' ? '' : country(id.slice(0, 2)), ...names]
            .filter(Boolean)
            .join(' · ')}
        />
      </p>
      {kind !== 'number' && provenance !== null && <Handling provenance={provenance} isWorded />}
      <div className="actions">
        {kind !== 'number' && (
          <RecordLink to={kind === 'case' ? '/case/$id' : '/person/$id'} id={id} button="filled">
            {t('common.open')}
          </RecordLink>
        )}
        {kind !== 'case' && (
          <Button disabled={!mayExpand} onClick={onExpand}>
            {t('network.expand')}
          </Button>
        )}
        <Button onClick={() => onMarks({ ...marks, pinned: toggle(marks.pinned) })}>
          {t(marks.pinned.has(id) ? 'network.unpin' : 'network.pin')}
        </Button>
        <Button onClick={() => onMarks({ ...marks, hidden: toggle(marks.hidden) })}>{t('network.hide')}</Button>
      </div>
    </section>
  )
}
