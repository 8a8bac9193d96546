import { ActionIcon, Button, TextInput } from '@mantine/core'
import type { Core } from 'cytoscape'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { Icon } from '../../look/icon.tsx'
import type { Network } from './network-graph.ts'
import { fitToFrame, type PictureMarks } from './network-picture.tsx'

/** How much nearer or farther one press of a button is. */
const ZOOM = 1.4

/** What the picture shows, and how it is marked. */
export interface MarkedPicture {
  readonly network: Network
  readonly marks: PictureMarks
  readonly onMarks: (marks: PictureMarks) => void
}

/** What one does with the picture: nearer, farther, all of it, and whom it shows with a name like this. */
export function PictureTools({
  picture,
  marks,
  sought,
  onSeek,
  onMarks,
}: Omit<MarkedPicture, 'network'> & {
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
    <>
      <TextInput
        aria-label={t('network.find')}
        placeholder={t('network.find')}
        leftSection={<Icon name="search" />}
        type="search"
        maxLength={100}
        autoComplete="off"
        value={sought}
        onChange={({ target }) => onSeek(target.value)}
      />
      <ActionIcon.Group>
        {(
          [
            ['minus', 'farther', () => zoom(1 / ZOOM)],
            ['plus', 'nearer', () => zoom(ZOOM)],
            ['fit', 'fit', () => picture !== null && fitToFrame(picture)],
          ] as const
        ).map(([icon, name, act]) => (
          <ActionIcon
            key={name}
            variant="default"
            aria-label={t(`network.${name}`)}
            title={t(`network.${name}`)}
            onClick={act}
          >
            <Icon name={icon} />
          </ActionIcon>
        ))}
      </ActionIcon.Group>
      {marks.hidden.size > 0 && (
        <Button onClick={() => onMarks({ ...marks, hidden: new Set() })}>
          {t('network.showHidden', { count: marks.hidden.size })}
        </Button>
      )}
      <span role="status" className="quiet-text">
        {sought !== '' && t('network.found', { count: marks.found.size })}
      </span>
    </>
  )
}

/** What shapes, lines and colors stand for. */
export function Legend({ network: { nodes, edges } }: { readonly network: Network }) {
  const { t } = useTranslation()
  const records = [...nodes.values()].filter(({ kind }) => kind !== 'number')
  const countries = [...new Set(records.map(({ id }) => id.slice(0, 2)))].sort()
  const has = (relation: string): boolean => edges.some((edge) => edge.relation === relation)
  const shapes = [
    ['person', 'M4 9a7 7 0 1 0 14 0a7 7 0 1 0-14 0', true],
    ['case', 'M2 3h18v12h-18z', true],
    ['number', 'M11 1l8 8-8 8-8-8z', has('HAS')],
  ] as const
  const lines = [
    ['in', true],
    ['same', has('SAME')],
    ['has', has('HAS')],
  ] as const
  return (
    <ul className="legend" aria-hidden="true">
      {shapes.map(
        ([kind, path, isThere]) =>
          isThere && (
            <li key={kind}>
              <svg viewBox="0 0 22 18" aria-hidden="true">
                <path d={path} />
              </svg>
              {t(`network.short.${kind}`)}
            </li>
          ),
      )}
      {lines.map(
        ([look, isThere]) =>
          isThere && (
            <li key={look}>
              <svg viewBox="0 0 22 18" aria-hidden="true" data-line={look}>
                <path d="M1 9h20" />
              </svg>
              {t(`network.line.${look}`)}
            </li>
          ),
      )}
      {countries.map((code) => (
        <li key={code}>
          <CountryMark code={code} />
        </li>
      ))}
    </ul>
  )
}
