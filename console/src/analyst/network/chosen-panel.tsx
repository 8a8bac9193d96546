import { ActionIcon, Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CountryMark } from '../../components/country-mark.tsx'
import { Handling } from '../../components/handling.tsx'
import { RecordLink } from '../../components/links.tsx'
import { ShownText } from '../../components/shown-text.tsx'
import { Icon } from '../../look/icon.tsx'
import { useFormats } from '../../shell/formats.ts'
import { connectNodes, idOfEdge, type NetworkEdge, type NetworkNode } from './network-graph.ts'
import { useRelationWords } from './network-table.tsx'
import type { MarkedPicture } from './network-tools.tsx'

/** What was chosen in the picture, and what one does with it. */
interface ChosenParts extends MarkedPicture {
  /** The id of a node or of an edge. */
  readonly chosen: string
  readonly mayExpand: (id: string) => boolean
  /** How many records may be read still. */
  readonly left: number
  readonly onExpand: (id: string) => void
  readonly onChoose: (id: string | null) => void
}

/** The panel beside the picture: the node or the edge that was chosen. Nothing more is asked for it. */
export function ChosenPanel(parts: ChosenParts) {
  const { t } = useTranslation()
  const { network, chosen, onChoose } = parts
  const node = network.nodes.get(chosen)
  const edge = network.edges.find((each) => idOfEdge(each) === chosen)
  if (node === undefined && edge === undefined) return null
  return (
    <section aria-label={t('network.chosen')} className="panel chosen-panel">
      <ActionIcon className="close" variant="subtle" aria-label={t('network.close')} onClick={() => onChoose(null)}>
        <Icon name="close" />
      </ActionIcon>
      {node !== undefined && <ChosenNode {...parts} node={node} />}
      {edge !== undefined && <ChosenEdge network={network} edge={edge} onChoose={onChoose} />}
    </section>
  )
}

function ChosenNode({
  node,
  network,
  marks,
  mayExpand,
  left,
  onExpand,
  onMarks,
  onChoose,
}: ChosenParts & { readonly node: NetworkNode }) {
  const { t } = useTranslation()
  const { id, kind, name, provenance } = node
  const may = kind !== 'case' && mayExpand(id)
  const toggle = (set: ReadonlySet<string>): ReadonlySet<string> =>
    set.has(id) ? new Set([...set].filter((each) => each !== id)) : new Set([...set, id])
  return (
    <>
      <h2>
        <ShownText text={name ?? id} />
      </h2>
      <NodeFacts node={node} />
      <DirectLinks node={node} network={network} onChoose={onChoose} />
      {kind !== 'number' && <Handling provenance={provenance} isWorded />}
      <div className="pairs">
        {kind !== 'number' && (
          <RecordLink to={kind === 'case' ? '/case/$id' : '/person/$id'} id={id} button="filled">
            {t(kind === 'case' ? 'network.toCase' : 'network.toDossier')}
          </RecordLink>
        )}
        {kind !== 'case' && (
          <Button leftSection={<Icon name="plus" />} disabled={!may} onClick={() => onExpand(id)}>
            {t('network.expand')}
          </Button>
        )}
        <Button leftSection={<Icon name="pin" />} onClick={() => onMarks({ ...marks, pinned: toggle(marks.pinned) })}>
          {t(marks.pinned.has(id) ? 'network.unpin' : 'network.pin')}
        </Button>
        <Button leftSection={<Icon name="hide" />} onClick={() => onMarks({ ...marks, hidden: toggle(marks.hidden) })}>
          {t('network.hide')}
        </Button>
      </div>
      {may && <p className="meta">{t('network.costs', { count: left })}</p>}
    </>
  )
}

/** What the answer says of a record: of a person the birth and the nationality, of a case its offences and state. */
function NodeFacts({ node: { id, kind, facts } }: { readonly node: NetworkNode }) {
  const { t } = useTranslation()
  const { day, country } = useFormats()
  const said = [
    t(`network.kind.${kind}`),
    day(facts?.birthDate ?? null),
    facts?.nationalities?.map(country).join(', '),
    facts?.offences?.join('; '),
    facts?.status && t(`status.${facts.status}`, { defaultValue: facts.status }),
    facts?.filedOn && t('network.filed', { day: day(facts.filedOn) }),
  ]
  return (
    <p className="quiet-text">
      {kind !== 'number' && <CountryMark code={id.slice(0, 2)} />} <ShownText text={said.filter(Boolean).join(' · ')} />{' '}
      {kind !== 'number' && <code>{id}</code>}
    </p>
  )
}

/** How many cases, persons, other records and numbers the node leads to, and the countries of these. */
function DirectLinks({
  node: { id, facts },
  network: { nodes, edges, cut },
  onChoose,
}: Pick<ChosenParts, 'network' | 'onChoose'> & { readonly node: NetworkNode }) {
  const { t } = useTranslation()
  const same = new Set(connectNodes(edges.filter(({ relation }) => relation === 'SAME')).get(id) ?? [])
  const others = [...new Set(connectNodes(edges).get(id) ?? [])].flatMap((other) => nodes.get(other) ?? [])
  const groups = Map.groupBy(others, (other) => (same.has(other.id) ? 'same' : other.kind))
  const hidden = facts?.hidden ?? 0
  return (
    <>
      <h3>{t('network.direct')}</h3>
      <ul className="direct">
        {[...groups].map(([kind, of]) => (
          <li key={kind}>
            <details>
              <summary>
                <span>{t(`network.links.${kind}`)}</span> <b>{of.length}</b>
                <Countries ids={of.filter((each) => each.kind !== 'number').map((each) => each.id)} />
              </summary>
              <ul className="plain">
                {of.map((other) => (
                  <li key={other.id}>
                    <Button variant="subtle" size="compact-sm" onClick={() => onChoose(other.id)}>
                      <ShownText text={other.name ?? other.id} />
                    </Button>
                  </li>
                ))}
              </ul>
            </details>
          </li>
        ))}
        {hidden > 0 && (
          <li>
            <span className="hatch">{t('network.hiddenPersons', { count: hidden })}</span>
          </li>
        )}
      </ul>
      {cut.has(id) && <p className="notice">{t('network.cut')}</p>}
    </>
  )
}

function Countries({ ids }: { readonly ids: readonly string[] }) {
  const counts = Map.groupBy(ids, (id) => id.slice(0, 2))
  return (
    <span className="marks">
      {[...counts].sort().map(([code, of]) => (
        <span key={code}>
          <CountryMark code={code} /> {of.length}
        </span>
      ))}
    </span>
  )
}

function ChosenEdge({
  network: { nodes },
  edge: { from, to, relation },
  onChoose,
}: Pick<ChosenParts, 'network' | 'onChoose'> & { readonly edge: NetworkEdge }) {
  const { t } = useTranslation()
  const wordRelation = useRelationWords()
  return (
    <>
      <h2>{wordRelation(relation)}</h2>
      <ul className="direct">
        {[from, to].map((id) => (
          <li key={id}>
            {nodes.get(id)?.kind !== 'number' && <CountryMark code={id.slice(0, 2)} />}
            <Button variant="subtle" size="compact-sm" onClick={() => onChoose(id)}>
              <ShownText text={nodes.get(id)?.name ?? id} />
            </Button>
          </li>
        ))}
      </ul>
      <p className="meta">{t(relation === 'SAME' ? 'network.sameMeans' : 'network.edgeMeans')}</p>
    </>
  )
}
